public import BatonCore
public enum SchemaDocuments { public static func json(of s: SchemaSet) -> [UInt8] { [] } }
