// The values of the model (Money, StreamID, EntityID, Value …) are the SDK's own vocabulary: an app
// imports one module and, under member import visibility, can still read their members.
@_exported public import BatonCore
