// Tells ThreadSanitizer of the locks that it cannot see: Swift's Mutex takes and frees a lock that others
// wait for inside the standard library, which is not built for it. Each thread that comes out of such a lock
// would be taken for one that had none. tools/test --sanitize thread builds this and loads it first; where a
// library on the way does not know the functions, nothing is hidden: there are more reports, not fewer.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define SELF __attribute__((swift_context)) void *self
#define SWIFT __attribute__((swiftcall))

// Synchronization._MutexHandle, whose only field is the lock's word.
#define LOCK "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define TRY "$s15Synchronization12_MutexHandleV12_tryLockSlowSbyF"
#define UNLOCK "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"

SWIFT void lock_slow(uint32_t thread, SELF) __asm__(LOCK);
SWIFT bool try_lock_slow(SELF) __asm__(TRY);
SWIFT void unlock_slow(SELF) __asm__(UNLOCK);

static void *next(const char *name) {
    void *found = dlsym(RTLD_NEXT, name);
    if (!found) {
        fprintf(stderr, "thread-sanitizer: there is no %s in this Swift\n", name);
        abort();
    }
    return found;
}

// ThreadSanitizer's own, in the programs that are built for it; others that are started have none.
static void (*acquire)(void *);
static void (*release)(void *);

__attribute__((constructor)) static void begin(void) {
    acquire = (void (*)(void *))dlsym(RTLD_DEFAULT, "__tsan_acquire");
    release = (void (*)(void *))dlsym(RTLD_DEFAULT, "__tsan_release");
}

SWIFT void lock_slow(uint32_t thread, SELF) {
    static SWIFT void (*real)(uint32_t, SELF);
    if (!real) real = (SWIFT void (*)(uint32_t, SELF))next(LOCK);
    real(thread, self);
    if (acquire) acquire(self);
}

SWIFT bool try_lock_slow(SELF) {
    static SWIFT bool (*real)(SELF);
    if (!real) real = (SWIFT bool (*)(SELF))next(TRY);
    bool taken = real(self);
    if (taken && acquire) acquire(self);
    return taken;
}

SWIFT void unlock_slow(SELF) {
    static SWIFT void (*real)(SELF);
    if (!real) real = (SWIFT void (*)(SELF))next(UNLOCK);
    if (release) release(self);
    real(self);
}
