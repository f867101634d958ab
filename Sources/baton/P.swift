import ArgumentParser
@main struct Baton { static func main() {} }
