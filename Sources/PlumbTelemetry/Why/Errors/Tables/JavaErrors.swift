/// Errors of the Java platform and of software that runs on it: Spark, Hadoop, Kafka, Elasticsearch.
extension ErrorRule {
  static let java = platform + spark + kafka + elastic

  // https://docs.oracle.com/en/java/javase/21/docs/api: classes of java.lang, java.io, java.net and java.sql.
  private static let platform =
    codes("OutOfMemoryError", [.memory: 1])
    + codes("StackOverflowError", [.deployment: 0.7, .memory: 0.3])
    + codes(
      """
      ClassNotFoundException NoClassDefFoundError NoSuchMethodError NoSuchFieldError NoSuchMethodException UnsatisfiedLinkError \
      UnsupportedClassVersionError AbstractMethodError IncompatibleClassChangeError LinkageError ExceptionInInitializerError \
      BootstrapMethodError InvalidClassException VerifyError IllegalAccessError UnsupportedOperationException BeanCreationException
      """, [.deployment: 1])
    + codes("NullPointerException IllegalStateException", [.deployment: 0.6, .records: 0.4], weight: 1.6)
    + codes("IllegalArgumentException", [.deployment: 0.7, .records: 0.3], weight: 1)
    + codes("ClassCastException ArrayStoreException", [.schema: 0.55, .deployment: 0.45], weight: 1.8)
    + codes(
      "NumberFormatException DateTimeParseException MalformedInputException UnmappableCharacterException EOFException JsonParseException JsonMappingException JsonEOFException MalformedRecordException ZipException CharConversionException DataFormatException InvalidFormatException SAXParseException MalformedJsonException",
      [.records: 1])
    + codes("ArrayIndexOutOfBoundsException StringIndexOutOfBoundsException IndexOutOfBoundsException", [.records: 0.6, .deployment: 0.4], weight: 1.8)
    + codes("UnrecognizedPropertyException MismatchedInputException NoSuchElementException", [.schema: 1], weight: 1.8)
    + codes("UnknownHostException NoRouteToHostException ConnectException NoHttpResponseException HttpHostConnectException PortUnreachableException", [.vendor: 1])
    + codes("SocketTimeoutException HttpTimeoutException ConnectTimeoutException ReadTimeoutException", [.slowSource: 0.55, .vendor: 0.45], weight: 2.4)
    + codes("TimeoutException", [.slowSource: 0.5, .vendor: 0.25, .sink: 0.25], weight: 1)
    + codes("SSLHandshakeException CertificateExpiredException CertPathValidatorException SunCertPathBuilderException CertificateException SSLPeerUnverifiedException", [.credentials: 1])
    + codes("LoginException GSSException AuthenticationException InvalidKeyException FailedLoginException AuthorizationException AccountExpiredException KrbException", [.credentials: 1])
    + codes("AccessControlException AccessDeniedException", [.credentials: 0.9, .deployment: 0.1])
    + codes("FileNotFoundException NoSuchFileException", [.upstream: 0.7, .deployment: 0.3], weight: 2)
    + codes("ServerBusyException", [.vendor: 0.6, .sink: 0.4])
    + codes("ServiceException RemoteException", [.vendor: 1], weight: 1)
    + codes("SQLTransientConnectionException SQLRecoverableException CommunicationsException SQLNonTransientConnectionException JDBCConnectionException", [.vendor: 0.8, .sink: 0.2], weight: 2)
    + codes("BatchUpdateException SQLIntegrityConstraintViolationException DataIntegrityViolationException ConstraintViolationException", [.records: 1], weight: 2)
    + codes("SQLSyntaxErrorException BadSqlGrammarException", [.deployment: 0.6, .schema: 0.4], weight: 1.8)
    + codes("RejectedExecutionException", [.sink: 0.6, .cpu: 0.4], weight: 2)
    + codes("ConcurrentModificationException OptimisticLockException", [.noise: 0.5, .deployment: 0.5], weight: 1.6)
    + phrases(["java heap space", "gc overhead limit exceeded", "unable to create new native thread", "unable to create native thread", "direct buffer memory"], [.memory: 1], weight: 2.4)
    + phrases(["connection is not available request timed out"], [.sink: 0.6, .vendor: 0.4], weight: 2)
    + phrases(["broken pipe"], [.noise: 0.4, .sink: 0.35, .vendor: 0.25], weight: 1.6)

  // https://spark.apache.org/docs/latest/sql-error-conditions.html
  private static let spark =
    codes(
      """
      UNRESOLVED_COLUMN UNRESOLVED_FIELD FIELD_NOT_FOUND INCOMPATIBLE_SCHEMA SchemaColumnConvertNotSupportedException \
      DELTA_FAILED_TO_MERGE_FIELDS DELTA_SCHEMA_NOT_PROVIDED COLUMN_NOT_FOUND NUM_COLUMNS_MISMATCH INSERT_COLUMN_ARITY_MISMATCH DATATYPE_MISMATCH DELTA_SCHEMA_CHANGED \
      DELTA_METADATA_MISMATCH UnknownFieldException CANNOT_PARSE_DATATYPE DELTA_SCHEMA_CHANGED_WITH_VERSION
      """, [.schema: 1])
    + codes("AnalysisException", [.schema: 0.5, .deployment: 0.5], weight: 1.2)
    + codes("ParseException", [.deployment: 0.7, .records: 0.3], weight: 1.2)
    + codes("TABLE_OR_VIEW_NOT_FOUND PATH_NOT_FOUND NoSuchTableException", [.upstream: 0.45, .schema: 0.3, .deployment: 0.25], weight: 2)
    + codes("CAST_INVALID_INPUT MALFORMED_RECORD_IN_PARSING SparkUpgradeException CANNOT_PARSE_TIMESTAMP FAILED_READ_FILE MALFORMED_CSV_RECORD BadRecordException", [.records: 1])
    + codes("ExecutorLostFailure SparkOutOfMemoryError", [.memory: 1], weight: 2)
    + codes("FetchFailedException MetadataFetchFailedException ShuffleBlockFetcherIterator", [.memory: 0.5, .disk: 0.25, .noise: 0.25], weight: 2)
    + codes("ConcurrentAppendException ConcurrentDeleteReadException ConcurrentWriteException ProtocolChangedException", [.noise: 0.6, .deployment: 0.4], weight: 2)
    + phrases(["task not serializable"], [.deployment: 1], weight: 2.4)
    + phrases(["job aborted due to stage failure", "task failed while writing rows"], [.unknown: 1], weight: 0.4)
    + phrases(["exceeding memory limits", "beyond the physical memory", "beyond physical memory limits", "beyond * memory limits", "running beyond", "containers exceeding thresholds", "container killed * memory", "is bigger than max result size"], [.memory: 1], weight: 2.2)
    + phrases(["given input columns", "can not resolve * given", "schema mismatch", "a column or function parameter with name"], [.schema: 1], weight: 2)
    + phrases(["path does not exist", "input path does not exist", "table or view not found", "partition * not found", "no input paths specified"], [.upstream: 0.8, .deployment: 0.2], weight: 2.2)
    + phrases(["could not execute broadcast in", "stage * cancelled because"], [.cpu: 0.6, .slowSource: 0.4], weight: 2)
    + phrases(["name node is in safe mode", "namenode is in safe mode", "could only be written to 0", "could only be replicated to 0"], [.disk: 0.5, .vendor: 0.5], weight: 2)
    + phrases(["disk quota", "quota of * exceeded", "ds quota exceeded", "space quota"], [.disk: 1], weight: 1.8)

  // https://kafka.apache.org/protocol#protocol_error_codes
  private static let kafka =
    codes("SaslAuthenticationException SslAuthenticationException TopicAuthorizationException GroupAuthorizationException ClusterAuthorizationException SASL_AUTHENTICATION_FAILED TOPIC_AUTHORIZATION_FAILED TransactionalIdAuthorizationException", [.credentials: 1])
    + codes("NotLeaderForPartitionException NotLeaderOrFollowerException LeaderNotAvailableException BrokerNotAvailableException NOT_LEADER_OR_FOLLOWER NotCoordinatorException CoordinatorNotAvailableException CoordinatorLoadInProgressException NotEnoughReplicasException NotEnoughReplicasAfterAppendException NetworkException DisconnectException NoBrokersAvailable KafkaUnavailableError", [.vendor: 0.8, .noise: 0.2], weight: 2.4)
    + codes("BufferExhaustedException ThrottlingQuotaExceededException POLICY_VIOLATION QueueFullException", [.sink: 1])
    + codes("SerializationException DeserializationException CorruptRecordException RecordDeserializationException", [.records: 0.8, .schema: 0.2], weight: 2)
    + codes("RecordTooLargeException MESSAGE_TOO_LARGE RecordBatchTooLargeException MSG_SIZE_TOO_LARGE", [.records: 0.7, .deployment: 0.3], weight: 2.4)
    + codes("UnknownTopicOrPartitionException UNKNOWN_TOPIC_OR_PART InconsistentGroupProtocolException InvalidTopicException ConfigException InvalidConfigurationException", [.deployment: 0.8, .upstream: 0.2], weight: 2)
    + codes("CommitFailedException RebalanceInProgressException IllegalGenerationException UnknownMemberIdException MaxPollExceededException", [.cpu: 0.45, .sink: 0.3, .noise: 0.25], weight: 2)
    + codes("OffsetOutOfRangeException NoOffsetForPartitionException OFFSET_OUT_OF_RANGE", [.upstream: 0.4, .sink: 0.3, .deployment: 0.3], weight: 2)
    + phrases(["fetch position * out of range", "offset * out of range"], [.upstream: 0.4, .sink: 0.3, .deployment: 0.3], weight: 2.2)
    + codes("ProducerFencedException InvalidProducerEpochException", [.deployment: 0.6, .noise: 0.4], weight: 1.8)
    // Codes of librdkafka, https://docs.confluent.io/platform/current/clients/librdkafka/html/rdkafka_8h.html
    + codes("_MAX_POLL_EXCEEDED", [.cpu: 0.5, .sink: 0.3, .slowSource: 0.2], weight: 2)
    + codes("_TRANSPORT _ALL_BROKERS_DOWN _RESOLVE _NODE_UPDATE", [.vendor: 0.9, .noise: 0.1], weight: 2.2)
    + codes("_AUTHENTICATION _SSL", [.credentials: 1], weight: 2.2)
    + codes("_MSG_TIMED_OUT _QUEUE_FULL", [.sink: 1], weight: 2)
    + codes("_UNKNOWN_TOPIC _UNKNOWN_PARTITION _UNSUPPORTED_FEATURE _INVALID_ARG UnsupportedVersionException", [.deployment: 1], weight: 2)
    + codes("_BAD_MSG _BAD_COMPRESSION", [.records: 1], weight: 2)
    + phrases(["has passed since batch creation", "expiring * record", "failed to allocate memory within the configured max blocking time", "buffer is full", "local queue full", "max block ms"], [.sink: 1], weight: 2.2)
    + phrases(["failed to update metadata", "not present in metadata", "timed out waiting for a node assignment", "bootstrap broker * disconnected", "broker may not be available", "no resolvable bootstrap urls", "broker transport failure", "all brokers are down"], [.vendor: 1], weight: 2.2)
    + phrases(["maximum poll interval", "max poll interval", "time between subsequent calls to poll", "consumer poll timeout"], [.cpu: 0.5, .sink: 0.3, .slowSource: 0.2], weight: 2)
    + phrases(["schema being registered is incompatible", "incompatible with an earlier schema", "schema registry * 409", "schema not found", "unknown magic byte", "avro * schema"], [.schema: 1], weight: 2.2)
    + phrases(["error deserializing", "error serializing", "could not deserialize"], [.records: 0.7, .schema: 0.3], weight: 1.6)

  // https://www.elastic.co/guide/en/elasticsearch/reference/current/troubleshooting.html
  private static let elastic =
    codes("es_rejected_execution_exception EsRejectedExecutionException", [.sink: 1])
    + codes("circuit_breaking_exception CircuitBreakingException", [.memory: 0.6, .sink: 0.4])
    + codes("mapper_parsing_exception strict_dynamic_mapping_exception document_parsing_exception MapperParsingException", [.schema: 0.7, .records: 0.3])
    + codes("cluster_block_exception", [.disk: 0.8, .vendor: 0.2])
    + codes("index_not_found_exception", [.upstream: 0.5, .deployment: 0.5], weight: 2)
    + codes("no_shard_available_action_exception cluster_manager_not_discovered_exception master_not_discovered_exception", [.vendor: 1])
    + codes("version_conflict_engine_exception", [.noise: 0.7, .deployment: 0.3], weight: 2)
    + codes("security_exception", [.credentials: 1], weight: 2)
    + phrases(["flood stage disk watermark", "disk watermark"], [.disk: 1], weight: 2)
}
