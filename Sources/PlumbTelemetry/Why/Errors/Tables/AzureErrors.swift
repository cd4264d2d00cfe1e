/// Errors of Microsoft services.
extension ErrorRule {
  static let azure = entra + graph + dataFactory + azureStorage + kusto + sqlServer

  // https://learn.microsoft.com/entra/identity-platform/reference-error-codes
  private static let entra =
    codes(
      """
      AADSTS7000222 AADSTS7000215 AADSTS7000212 AADSTS7000112 AADSTS7000218 AADSTS7000229 AADSTS700027 AADSTS700024 AADSTS700082 \
      AADSTS700084 AADSTS70008 AADSTS700003 AADSTS700005 AADSTS50013 AADSTS50020 AADSTS50034 AADSTS50053 AADSTS50055 AADSTS50056 \
      AADSTS50057 AADSTS50072 AADSTS50076 AADSTS50078 AADSTS50079 AADSTS50105 AADSTS50126 AADSTS50128 AADSTS50131 AADSTS50132 \
      AADSTS50133 AADSTS50144 AADSTS50158 AADSTS50173 AADSTS53000 AADSTS53003 AADSTS53004 AADSTS65001 AADSTS65004 AADSTS90094 \
      AADSTS1000502 AADSTS130507 AADSTS500133 AADSTS5000224 AADSTS530003 AADSTS54005
      """, [.credentials: 1])
    + codes(
      "AADSTS700016 AADSTS500011 AADSTS90002 AADSTS900023 AADSTS50011 AADSTS70001 AADSTS70011 AADSTS900144 AADSTS90014 AADSTS9002313 AADSTS650052",
      [.deployment: 0.6, .credentials: 0.4])
    + codes(
      "AADSTS90033 AADSTS90012 AADSTS90051 AADSTS50001 AADSTS50196 AADSTS90055 AADSTS50000 AADSTS90006 temporarily_unavailable",
      [.vendor: 1])
    + codes("AADSTS AuthenticationFailedException ClientAuthenticationError", [.credentials: 0.9, .deployment: 0.1], weight: 2)
    // Codes that are not listed are about the account or about how the application is registered.
    + [prefix("aadsts", [.credentials: 0.65, .deployment: 0.35], weight: 1.4)]
    + codes(
      """
      invalid_client invalid_grant unauthorized_client interaction_required consent_required invalid_token expired_token \
      CredentialUnavailableError CredentialUnavailableException MsalServiceException MsalUiRequiredException AdalServiceException
      """, [.credentials: 1], weight: 2)
    + phrases(["token endpoint", "access token * could not be", "failed to get access token", "failed to acquire token"], [.credentials: 1])

  // https://learn.microsoft.com/graph/errors and /office/office-365-management-api/office-365-management-activity-api-reference
  private static let graph =
    codes(
      """
      Authorization_RequestDenied Authentication_ExpiredToken InvalidAuthenticationToken CompactToken unauthenticated accessDenied \
      Authorization_IdentityNotFound AuthenticationError ErrorAccessDenied AF10001 AF401 AF40101
      """, [.credentials: 1])
    + codes(
      """
      serviceNotAvailable activityLimitReached ApplicationThrottled TooManyRequests ErrorServerBusy ErrorMailboxStoreUnavailable \
      ErrorExceededConnectionCount ErrorInternalServerError ErrorTimeoutExpired generalException Directory_ResultSizeLimitExceeded \
      AF429 AF50000 AF503 UnknownError quotaLimitExceeded ServiceUnavailable InternalServerError
      """, [.vendor: 1], weight: 2.4)
    + codes("quotaLimitReached Directory_QuotaExceeded insufficientStorage", [.disk: 0.7, .vendor: 0.3])
    + codes(
      "invalidRange Request_UnsupportedQuery Request_BadRequest ErrorInvalidRequest AF20001 AF20002 AF20003 AF20010 AF20020 AF20030 AF20031",
      [.deployment: 1])
    + codes("Request_ResourceNotFound ErrorItemNotFound itemNotFound AF20022 AF20023 AF20052 AF20055 syncStateNotFound resyncRequired",
      [.upstream: 0.4, .vendor: 0.3, .deployment: 0.3], weight: 2)

  // https://learn.microsoft.com/azure/data-factory/connector-troubleshoot-guide and the pages of its connectors.
  private static let dataFactory =
    codes(
      """
      SqlUnauthorizedAccess SftpInvalidSftpCredential SftpAuthenticationFailure SftpPermissionDenied UserErrorFailedToConnectToSqlServer \
      FailedToGetOAuth2AccessToken GetOAuth2AccessTokenErrorResponse ADLSGen2ForbiddenError AdlsGen1ForbiddenError \
      UserErrorSftpInvalidCredential UserErrorUnauthorized UserErrorInvalidCredential RestInvalidCredential \
      MongoDbAuthenticationFailure SalesforceInvalidCredential SharePointOnlineAuthFailed AzureKeyVaultSecretExpired \
      OracleInvalidCredential SnowflakeInvalidCredential CosmosDbAuthenticationFailed UserErrorAdlsGen2Forbidden \
      SftpInvalidHostKeyFingerprint
      """, [.credentials: 1], weight: 2.6)
    + codes("SqlServerInvalidLinkedServiceCredentialMissing", [.credentials: 0.5, .deployment: 0.5])
    + codes(
      """
      UserErrorInvalidColumnMappingColumnNotFound SqlInvalidColumnName ParquetColumnNotFound ParquetDataCountNotMatchColumnCount \
      ParquetDataTypeNotMatchColumnType ParquetMissedDecimalPrecisionScale ParquetInvalidDecimalPrecisionScale \
      SqlAutoCreateTableTypeMapFailed SqlBulkCopyInvalidColumnMapping DF-Executor-ColumnNotFound DF-File-InvalidSparkFolder \
      UserErrorSchemaMismatch UserErrorSchemaMappingCannotInferSinkColumnType ParquetNotSupportedType ParquetInvalidColumnName \
      UserErrorTypeInSchemaTableNotSupported OrcColumnNotFound UserErrorColumnNameNotFound
      """, [.schema: 1])
    + codes(
      """
      ParquetInvalidFile ParquetInvalidDataFormat ParquetBridgeInvalidData ParquetDateTimeExceedLimit DelimitedTextMoreColumnsThanDefined \
      DelimitedTextColumnNameNotAllowNull DelimitedTextIncorrectRowDelimiter DelimitedTextBadDataDetected UserErrorInvalidJsonDocument \
      JsonInvalidDataFormat JsonEmptyJsonSchema XmlInvalidContent UserErrorInvalidDataValue TypeConversionFailure \
      SqlBulkCopyInvalidColumnLength SqlDataTypeNotSupported UserErrorInvalidDataType OrcInvalidFile AvroInvalidFile JsonInvalid
      """, [.records: 0.85, .schema: 0.15])
    + codes("SqlOperationFailed FailedDbOperation UserErrorSqlOperationFailed", [.unknown: 1], weight: 0.5)
    + codes("PdwManagedToNativeInteropException", [.schema: 1])
    + codes("InvalidOperationException", [.records: 0.6, .deployment: 0.4], weight: 1.2)
    + codes(
      """
      JreNotFound UserErrorJreNotFound JniException UserErrorJniException FIPSModeIsNotSupport WildcardPathSinkNotSupported \
      SqlInvalidDbStoredProcedure SqlInvalidDbQueryString UserErrorOdbcInvalidQueryString AzureBlobInvalidBlockSize \
      QueryMissingFormatSettingsInDataset OAuth2ClientIdColonNotAllowed ManagedIdentityCredentialObjectNotSupported \
      SftpRenameOperationFail UserErrorInvalidPluginType UserErrorInvalidParameter BadRequest InvalidTemplate \
      ExpressionEvaluationFailed UserErrorInvalidLinkedService SqlParallelFailedToDetectPartitionColumn \
      SqlParallelFailedToDetectPhysicalPartitions ParquetUnsupportedInterpretation UnsupportedCompressionTypeWhenDisableChunking \
      UserErrorInvalidDataset InvalidActivityDefinition UserErrorSqlNotExist DF-Executor-InvalidPath FailedToDownloadCustomPlugins
      """, [.deployment: 1])
    + codes("SqlDeniedPublicAccess", [.deployment: 0.6, .credentials: 0.4])
    + codes(
      "SqlFailedToConnect FtpFailedToConnectToFtpServer FtpFailedToReadFtpData SftpFailedToConnectToSftpServer UserErrorFailedToConnectOdbcSource",
      [.vendor: 0.6, .deployment: 0.4], weight: 2)
    + codes(
      """
      SqlOpenConnectionTimeout SqlConnectionIsClosed HttpFileFailedToRead RestSourceCallFailed RestSinkCallFailed \
      UserErrorHttpRequestFailed ADLSGen2OperationFailed AzureBlobOperationFailed UserErrorFailedFileOperation SftpOperationFail \
      OracleConnectionTimeout CosmosDbRequestFailed AzureTableOperationFailed
      """, [.vendor: 0.8, .noise: 0.2], weight: 1.4)
    + codes("SqlBatchWriteTimeout SqlBatchWriteTransactionFailed UserErrorFailedBlobFSOperation", [.sink: 0.7, .vendor: 0.3], weight: 2)
    + codes("AzureStorageOperationFailedConcurrentWrite AzureAppendBlobConcurrentWriteConflict", [.noise: 0.5, .deployment: 0.5])
    + codes(
      "UserErrorSourceBlobNotExist UserErrorFileNotFound DataConsistencyFailedToGetSourceFileMetadata UserErrorSourceFileNotFound",
      [.upstream: 1], weight: 2)
    + codes("DF-Executor-OutOfMemoryError DF-Executor-OutOfMemorySparkBroadcastError SHIROutOfMemory", [.memory: 1])
    + codes("DF-Executor-BroadcastTimeout DF-Executor-BroadcastFailure", [.cpu: 0.5, .memory: 0.5])
    + codes("DF-Executor-OutOfDiskSpaceError SHIRDiskFull", [.disk: 1])
    + codes("DF-Executor-SourceInvalidPayload DF-Executor-Cancelled", [.unknown: 1], weight: 1)
    + phrases(["self hosted integration runtime * offline", "integration runtime * not available", "integration runtime * offline"],
      [.vendor: 0.5, .deployment: 0.5])
    + phrases(["maximum reject threshold", "offending value", "rejected out of total", "incorrect format of"], [.records: 1])
    + phrases(["key exchange algorithm"], [.deployment: 0.6, .vendor: 0.4])

  // https://learn.microsoft.com/rest/api/storageservices/common-rest-api-error-codes
  private static let azureStorage =
    codes(
      """
      AuthenticationFailed AuthorizationFailure AuthorizationPermissionMismatch InsufficientAccountPermissions AuthorizationFailed \
      InvalidAuthenticationInfo KeyBasedAuthenticationNotPermitted AccountIsDisabled NoAuthenticationInformation
      """, [.credentials: 1])
    + codes("ServerBusy OperationTimedOut ServerTimeout", [.vendor: 0.6, .sink: 0.4], weight: 2)
    + codes("BlobNotFound ContainerNotFound PathNotFound ResourceNotFound ShareNotFound FilesystemNotFound", [.upstream: 0.75, .deployment: 0.25], weight: 2.4)
    + codes("LeaseIdMissing LeaseAlreadyPresent ConditionNotMet BlobAlreadyExists", [.noise: 0.6, .deployment: 0.4], weight: 2)

  // https://learn.microsoft.com/kusto/management/data-ingestion/ingestion-errors
  private static let kusto =
    codes(
      """
      Stream_WrongNumberOfFields Stream_ClosingQuoteMissing Stream_InputStreamTooLarge Stream_NoDataToIngest \
      BadRequest_NoRecordsOrWrongFormat BadRequest_EmptyBlob BadRequest_InvalidBlob BadRequest_CorruptedMessage Stream_DynamicPropertyBagTooLarge
      """, [.records: 1])
    + codes(
      """
      BadRequest_InvalidMapping BadRequest_MappingReferenceWasNotFound BadRequest_InconsistentMapping BadRequest_UnexpectedMappingReference \
      UpdatePolicy_QuerySchemaDoesNotMatchTableSchema Schema_PermanentError BadRequest_ColumnNotExist BadRequest_IncompatibleSchema
      """, [.schema: 1])
    + codes(
      """
      Forbidden Download_Forbidden BadRequest_InvalidKustoIdentityToken Download_AccessConditionNotSatisfied BadRequest_InvalidAuthentication
      """, [.credentials: 0.9, .deployment: 0.1], weight: 2)
    + codes(
      """
      BadRequest_TableNotExist BadRequest_EntityNotFound BadRequest_DatabaseNotExist BadRequest_FormatNotSupported BadRequest_SyntaxError \
      UpdatePolicy_Cyclic_Update_Not_Allowed UpdatePolicy_IngestionError UpdatePolicy_FailedDescendantTransaction
      """, [.deployment: 0.7, .schema: 0.3])
    + codes("Download_SourceNotFound Download_AccountNotFound Download_ContainerNotFound", [.upstream: 0.8, .deployment: 0.2])
    + codes(
      "General_ThrottledIngestion ThrottledIngestion E_CAPACITY_EXCEEDED ControlCommandThrottledException KustoRequestThrottledException KustoServicePartialQueryFailureThrottledException General_AbandonedIngestion",
      [.sink: 1])
    + codes("E_LOW_MEMORY_CONDITION LowMemoryCondition E_RUNAWAY_QUERY E_QUERY_RESULT_SET_TOO_LARGE", [.memory: 1])
    + codes("Download_NotTransient General_RetryAttemptsExceeded General_InternalServerError Download_UnknownError General_TransientSchemaMismatch", [.vendor: 0.7, .noise: 0.3], weight: 2)

  // https://learn.microsoft.com/sql/relational-databases/errors-events/database-engine-events-and-errors
  private static let sqlServer =
    phrases(["sql server error * 18456", "error 18456", "msg 18456", "error 18452", "sqlerrornumber 18456", "sqlerrornumber 47073"], [.credentials: 1])
    + phrases(["msg 207", "invalid column name", "invalid object name", "sqlerrornumber 207", "sqlerrornumber 208"], [.schema: 0.8, .deployment: 0.2])
    + phrases(["msg 1205", "deadlock victim", "chosen as the deadlock victim"], [.noise: 1], weight: 2.4)
    + phrases(["error 40501", "error 10928", "error 10929", "sqlerrornumber 40501", "sqlerrornumber 49918", "resource governance"], [.sink: 0.7, .vendor: 0.3], weight: 2)
    + phrases(["error 40613", "error 40197", "sqlerrornumber 40613", "sqlerrornumber 40197", "not currently available"], [.vendor: 1], weight: 2)
    + phrases(["error 9002", "transaction log * full", "size quota", "could not allocate space", "filegroup is full", "filegroup * full"], [.disk: 1], weight: 2)
    + phrases(["string or binary data would be truncated", "string or binary data is truncated", "data would be truncated"], [.records: 0.6, .schema: 0.4], weight: 2)
    + phrases(["arithmetic overflow", "datetime overflow", "date time overflow", "conversion failed when converting", "error converting data type", "conversion failed"], [.records: 0.8, .schema: 0.2], weight: 1.8)
    + phrases(["execution timeout expired"], [.slowSource: 0.45, .sink: 0.25, .cpu: 0.3], weight: 2)
    + phrases(["server was not found or was not accessible", "network related or instance specific"], [.vendor: 0.7, .deployment: 0.3], weight: 2)
    + phrases(["is not allowed to access the server"], [.deployment: 0.6, .credentials: 0.4], weight: 2)
    + phrases(["login failed for user", "login failed", "sign in failed", "cannot open database * requested by the login", "can not open database * requested by the login"], [.credentials: 1], weight: 2)
}
