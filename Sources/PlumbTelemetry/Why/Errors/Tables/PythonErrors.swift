/// Errors of Python and its data libraries.
extension ErrorRule {
  static let python = builtins + libraries

  // https://docs.python.org/3/library/exceptions.html
  private static let builtins =
    codes("ModuleNotFoundError ImportError NameError SyntaxError IndentationError TabError UnboundLocalError NotImplementedError", [.deployment: 1], weight: 2)
    + codes("TypeError", [.deployment: 0.55, .records: 0.3, .schema: 0.15], weight: 1.6)
    + codes("AttributeError", [.deployment: 0.65, .records: 0.35], weight: 1.8)
    + codes("RecursionError", [.deployment: 0.8, .records: 0.2], weight: 2)
    + codes("KeyError", [.schema: 0.85, .records: 0.15], weight: 2)
    + codes("IndexError ZeroDivisionError OverflowError FloatingPointError", [.records: 0.6, .deployment: 0.4], weight: 1.8)
    + codes("AssertionError", [.records: 0.5, .deployment: 0.3, .unknown: 0.2], weight: 1)
    + codes("ValueError", [.records: 0.6, .deployment: 0.2, .unknown: 0.2], weight: 0.8)
    + codes("UnicodeDecodeError UnicodeEncodeError UnicodeError", [.records: 1])
    + codes("MemoryError", [.memory: 1])
    + codes("FileNotFoundError", [.upstream: 0.7, .deployment: 0.3], weight: 2)
    + codes("PermissionError", [.credentials: 0.8, .deployment: 0.2], weight: 2)
    + codes("ConnectionRefusedError", [.vendor: 1], weight: 2.2)
    + codes("ConnectionResetError ConnectionAbortedError BrokenPipeError", [.vendor: 0.5, .noise: 0.5], weight: 2)
    + codes("TimeoutError", [.slowSource: 0.5, .vendor: 0.35, .cpu: 0.15], weight: 1.2)
    + codes("BlockingIOError InterruptedError KeyboardInterrupt SystemExit", [.noise: 0.6, .unknown: 0.4], weight: 1.2)
    + codes("EOFError", [.records: 0.7, .upstream: 0.3], weight: 1.6)
    + codes("RuntimeError OSError IOError Exception Error EnvironmentError Warning StandardError", [.unknown: 1], weight: 0.3)
    + phrases(["no module named", "can not import name", "unexpected keyword argument", "missing * required positional argument", "takes * positional arguments", "has no attribute", "is not defined", "is not callable", "object is not subscriptable", "referenced before assignment", "invalid syntax", "is not serializable", "unsupported operand type"], [.deployment: 0.8, .records: 0.2], weight: 1.6)
    + phrases(["none type object", "object of type none type"], [.deployment: 0.5, .records: 0.5], weight: 1.2)
    + phrases(["unexpected token * in json"], [.records: 1], weight: 2.6)
    + phrases(["invalid literal for", "could not convert string to", "not enough values to unpack", "too many values to unpack", "does not match format", "unconverted data remains", "out of bounds nanosecond timestamp", "can not convert float nan", "unable to parse string", "unknown string format", "invalid isoformat string"], [.records: 1], weight: 2.2)
    + phrases(["unable to allocate", "can not allocate memory"], [.memory: 1], weight: 2)

  // pandas, requests, urllib3, SQLAlchemy, database drivers, boto3, paramiko, Celery, Great Expectations, pydantic.
  private static let libraries =
    codes("ParserError EmptyDataError JSONDecodeError SchemaValidationError XMLSyntaxError ExpatError BadZipFile BadGzipFile ArrowInvalid JSONDecodeException LineTooLong BadZipfile", [.records: 1], weight: 2.4)
    + codes("ValidationError", [.records: 0.6, .schema: 0.4], weight: 1.8)
    + codes("SchemaError SchemaErrors MergeError ArrowTypeError ArrowKeyError InvalidSchema", [.schema: 1], weight: 2)
    + codes("ReadTimeout ReadTimeoutError ConnectTimeout ServerTimeoutError ReadError SocketTimeout", [.slowSource: 0.6, .vendor: 0.4], weight: 2.4)
    + codes("MaxRetryError NewConnectionError gaierror ServerNotFoundError RemoteDisconnected ProtocolError ChunkedEncodingError ClientPayloadError ConnectError ServerDisconnectedError ClientConnectorError ClientOSError IncompleteRead", [.vendor: 0.85, .noise: 0.15], weight: 2)
    + codes("ConnectionError", [.vendor: 0.8, .noise: 0.2], weight: 1.4)
    + codes("ProxyError", [.vendor: 0.6, .deployment: 0.4], weight: 1.8)
    + codes("SSLError SSLCertVerificationError CertificateError", [.credentials: 0.8, .vendor: 0.2], weight: 2)
    + codes("OperationalError InterfaceError DatabaseError InternalError_ DBAPIError", [.vendor: 0.6, .sink: 0.2, .unknown: 0.2], weight: 0.7)
    + codes("ProgrammingError", [.deployment: 0.55, .schema: 0.45], weight: 0.9)
    + codes("IntegrityError DataError NumericValueOutOfRange", [.records: 1], weight: 1.8)
    + codes("NoSuchColumnError NoSuchTableError UndefinedColumn UndefinedTable", [.schema: 0.85, .deployment: 0.15], weight: 2)
    + codes("BadHostKeyException SSHException NoValidConnectionsError", [.vendor: 0.5, .credentials: 0.5], weight: 1.4)
    // PyJWT, jsonwebtoken, oauthlib, google-auth
    + codes("ExpiredSignatureError TokenExpiredError ExpiredTokenError InvalidSignatureError InvalidGrantError InvalidClientError", [.credentials: 1], weight: 2.2)
    + codes("BrokenProcessPool", [.memory: 0.7, .noise: 0.3], weight: 1.8)
    + codes("ZoneInfoNotFoundError UnknownTimeZoneError", [.deployment: 1], weight: 2)
    + codes("WorkerLostError", [.memory: 0.7, .noise: 0.3], weight: 1.8)
    + codes("SoftTimeLimitExceeded TimeLimitExceeded", [.cpu: 0.6, .slowSource: 0.4], weight: 2)
    + codes("NoSuchModuleError VersionConflict DistributionNotFound ResolutionImpossible PackageNotFoundError PydanticUserError", [.deployment: 1])
    + phrases(["not in index", "not in the axis", "length mismatch", "columns must be same length as key", "passed * columns passed data had", "usecols do not match columns"], [.schema: 1], weight: 2)
    + phrases(["error tokenizing data", "extra data", "expecting value", "expecting property name", "unterminated string", "expecting delimiter", "no columns to parse", "not a gzipped file", "file is not a zip file"], [.records: 1], weight: 2)
    + phrases(["remote end closed connection"], [.vendor: 0.7, .noise: 0.3], weight: 2)
}
