/// Errors of other clouds and of data warehouses.
extension ErrorRule {
  static let cloud = aws + google + snowflake + kubernetes

  // https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html and the common errors of other services
  private static let aws =
    codes(
      """
      ExpiredToken ExpiredTokenException InvalidAccessKeyId SignatureDoesNotMatch AccessDenied AccessDeniedException InvalidClientTokenId \
      UnrecognizedClientException UnauthorizedOperation TokenRefreshRequired InvalidSignatureException NoCredentialsError \
      MissingAuthenticationToken NotAuthorizedException PartialCredentialsError CredentialRetrievalError ProfileNotFound InvalidToken
      """, [.credentials: 1])
    + codes("RequestTimeTooSkewed RequestExpired", [.noise: 0.6, .credentials: 0.4])
    + codes(
      """
      SlowDown ThrottlingException Throttling ThrottledException RequestLimitExceeded ProvisionedThroughputExceededException \
      RequestThrottled TooManyRequestsException BandwidthLimitExceeded KMSThrottlingException
      """, [.vendor: 0.6, .sink: 0.4])
    + codes("InternalError InternalFailure InternalServerException ServiceException ServiceUnavailableException EndpointConnectionError", [.vendor: 1], weight: 2)
    + codes("NoSuchKey NoSuchBucket NoSuchVersion NoSuchUpload 404NotFound", [.upstream: 0.8, .deployment: 0.2], weight: 2.4)
    + codes("RequestTimeout ReadTimeoutError ConnectTimeoutError", [.slowSource: 0.6, .vendor: 0.4], weight: 2)
    // https://docs.aws.amazon.com/glue/latest/webapi/API_StartJobRun.html and /lambda/latest/dg/troubleshooting-invocation.html
    + codes("ConcurrentRunsExceededException ResourceNumberLimitExceededException", [.queueing: 0.7, .sink: 0.3], weight: 2.2)
    + codes("ImportModuleError HandlerNotFound InvalidEntrypoint", [.deployment: 1], weight: 2)
    + codes("QuotaExceededException LimitExceededException ServiceQuotaExceededException", [.vendor: 0.5, .sink: 0.3, .cpu: 0.2], weight: 2)

  // https://cloud.google.com/bigquery/docs/error-messages and https://grpc.io/docs/guides/status-codes
  private static let google =
    codes("invalidCredentials accessDenied UNAUTHENTICATED PERMISSION_DENIED RefreshError DefaultCredentialsError authError", [.credentials: 1], weight: 2.4)
    + codes("backendError UNAVAILABLE rateLimitExceeded jobBackendError jobInternalError userRateLimitExceeded", [.vendor: 1], weight: 2)
    + codes("quotaExceeded RESOURCE_EXHAUSTED", [.vendor: 0.5, .sink: 0.3, .memory: 0.2], weight: 2)
    + codes("DEADLINE_EXCEEDED DeadlineExceeded", [.slowSource: 0.6, .vendor: 0.4], weight: 2)
    + codes("resourcesExceeded", [.memory: 0.7, .cpu: 0.3], weight: 2.4)
    + codes("invalidQuery invalidArgument INVALID_ARGUMENT FAILED_PRECONDITION UNIMPLEMENTED", [.deployment: 0.7, .schema: 0.3], weight: 1.6)
    + codes("DATA_LOSS", [.records: 1], weight: 1.6)
    // Quotas on processors: the job waits for capacity. https://cloud.google.com/compute/resource-usage and /azure/quotas
    + phrases(["cores quota", "vcpu quota", "vcpus quota", "quota exceeded limit", "approved * quota", "zone resource pool exhausted", "insufficient instance capacity"], [.queueing: 1], weight: 2.4)
    + codes("ZONE_RESOURCE_POOL_EXHAUSTED InsufficientInstanceCapacity AllocationFailed SkuNotAvailable VcpuLimitExceeded", [.queueing: 0.8, .vendor: 0.2], weight: 2)
    + phrases(["resources exceeded during query execution"], [.memory: 0.7, .cpu: 0.3], weight: 2)
    + phrases(["provided schema does not match", "no such field", "unrecognized name"], [.schema: 1], weight: 1.8)
    + phrases(["table encountered too many errors", "too many errors giving up"], [.records: 1], weight: 2)
    + phrases(["not found table", "not found dataset"], [.schema: 0.4, .deployment: 0.35, .upstream: 0.25], weight: 1.8)
    + phrases(["exceeded rate limits", "quota exceeded", "exceeded quota", "your project exceeded quota"], [.vendor: 0.5, .sink: 0.5], weight: 1.6)

  // https://docs.snowflake.com/en/user-guide/snowflake-client-error-messages and messages of its SQL compiler
  private static let snowflake =
    phrases(["invalid identifier"], [.schema: 0.8, .deployment: 0.2], weight: 2)
    + phrases(["is not recognized", "can not be recognized", "date * is not recognized"], [.records: 1], weight: 1.6)
    + phrases(["does not exist or not authorized"], [.credentials: 0.35, .schema: 0.35, .deployment: 0.3], weight: 2)
    + phrases(["jwt token is invalid", "incorrect username or password", "password has expired", "authentication token has expired"], [.credentials: 1], weight: 2.4)
    + phrases(["warehouse * suspended", "warehouse * can not be resumed", "no active warehouse", "resource monitor"], [.deployment: 0.5, .cpu: 0.5], weight: 2.8)
    + phrases(["end of record reached while expected", "number of columns in file"], [.records: 0.6, .schema: 0.4], weight: 2)
    + phrases(["statement reached its statement or warehouse timeout"], [.cpu: 0.6, .slowSource: 0.4], weight: 2)

  // https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/ and /debug/debug-application
  private static let kubernetes =
    codes("ImagePullBackOff ErrImagePull InvalidImageName CreateContainerConfigError CreateContainerError RunContainerError", [.deployment: 1])
    + codes("CrashLoopBackOff BackoffLimitExceeded", [.deployment: 0.7, .memory: 0.3], weight: 1.4)
    + codes("OOMKilled OutOfMemory OOMKilling", [.memory: 1])
    + codes("Evicted Preempted NodeShutdown TaintManagerEviction NodeLost", [.noise: 0.7, .memory: 0.15, .disk: 0.15], weight: 1.6)
    + codes("FailedScheduling Unschedulable", [.queueing: 0.6, .cpu: 0.4], weight: 2)
    + codes("DiskPressure", [.disk: 1])
    + codes("MemoryPressure", [.memory: 1])
    + phrases(["failed to pull image", "manifest unknown", "pull access denied", "image * not found"], [.deployment: 1], weight: 2)
    + phrases(["insufficient cpu", "insufficient memory", "nodes are available", "no nodes available", "untolerated taint", "did not match pod s node affinity"], [.queueing: 0.5, .cpu: 0.3, .memory: 0.2], weight: 1.8)
    + phrases(["the node was low on resource memory", "node was low on resource"], [.memory: 0.8, .disk: 0.2], weight: 2)
    + phrases(["ephemeral storage", "ephemeral local storage usage exceeds"], [.disk: 1], weight: 1.6)
    + phrases(["configmap not found", "config map not found", "secret not found", "service account not found", "could not find key"], [.deployment: 0.8, .credentials: 0.2], weight: 2.2)
    + phrases(["set up failed for volume", "failed to attach volume", "failed to mount"], [.deployment: 0.6, .disk: 0.4], weight: 1.6)
    + phrases(["readiness probe failed", "startup probe failed"], [.deployment: 0.5, .cpu: 0.3, .vendor: 0.2], weight: 1.8)
    + phrases(["liveness probe failed", "container throttled", "cpu throttled", "cpu throttling", "cfs throttled"], [.cpu: 1], weight: 1.8)
    + phrases(["spot instance", "preemptible", "was preempted", "preempted by", "node is being drained", "instance * reclaimed", "host maintenance"], [.noise: 1], weight: 1.8)
}
