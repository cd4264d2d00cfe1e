/// Errors of orchestrators: Airflow, dbt, Azure Data Factory's control flow.
extension ErrorRule {
  static let orchestrators = airflow + dbt

  // https://airflow.apache.org/docs/apache-airflow/stable/_modules/airflow/exceptions.html
  private static let airflow =
    codes("AirflowSensorTimeout ExternalTaskFailedError ExternalDagFailedError ExternalTaskNotFoundError upstream_failed UpstreamTaskFailed", [.upstream: 1])
    + codes("AirflowTaskTimeout", [.cpu: 0.5, .slowSource: 0.5], weight: 2.2)
    + codes("AirflowNotFoundException AirflowConfigException AirflowDagCycleException DagNotFound DuplicateTaskIdFound TaskNotFound DagCodeNotFound AirflowBadRequest AirflowDagDuplicatedIdException XComNotFound PoolNotFound", [.deployment: 1], weight: 2)
    + codes("AirflowException AirflowFailException AirflowSkipException AirflowRescheduleException", [.unknown: 1], weight: 0.3)
    + codes("PodLaunchFailedException PodLaunchTimeoutException", [.queueing: 0.7, .deployment: 0.3], weight: 2)
    + phrases(["took longer than * to start", "took too long to start", "pod * pending", "state attribute is queued"], [.queueing: 1], weight: 2.2)
    + codes("AirflowTaskTerminated", [.noise: 0.6, .unknown: 0.4], weight: 1.2)
    + phrases(["sensor has timed out", "snap time is out", "upstream task failed", "upstream failed", "upstream task", "upstream pipeline", "upstream data", "upstream partition", "upstream model", "dependency not met", "dependencies not met", "waiting for upstream", "trigger rule * requires all upstream", "skipped due to upstream", "on upstream", "external dag * failed", "external task * failed", "external task * not", "freshness check failed", "source freshness", "source is stale", "source * is stale"], [.upstream: 1], weight: 2.4)
    + phrases(["upstream"], [.upstream: 1], weight: 1)
    + phrases(["broken dag", "dag * could not be found", "is not defined in airflow", "conn id * is not defined", "connection * is not defined", "variable * does not exist", "jinja", "template not found", "undefined error"], [.deployment: 1], weight: 2)
    + phrases(["detected zombie job", "zombie", "heartbeat", "state of this instance has been externally set", "received sigterm", "task exited with return code negsignal sigterm"], [.noise: 0.6, .memory: 0.2, .cpu: 0.2], weight: 1.6)
    + phrases(["negsignal sigkill", "return code 9", "exit code 9", "return code 137", "exit code 137", "exited with code 137", "exit status 137", "signal 9", "sigkill", "killed by signal 9"], [.memory: 0.85, .noise: 0.15], weight: 2)
    + phrases(["queued * timeout", "stuck in queued", "no slots available", "open slots", "executor reports task instance * finished * although the task says its queued", "pool is full"], [.queueing: 1], weight: 2)
    + phrases(["exceeded max runtime", "exceeded maximum runtime", "exceeded its time limit", "exceeded the time limit", "exceeded its deadline", "run exceeded", "job exceeded", "exceeded timeout", "dag run timeout", "run timed out", "task timed out", "timeout pid", "activity timed out", "exceeded * execution time", "execution time limit"], [.cpu: 0.5, .slowSource: 0.5], weight: 2)
    + phrases(["exit code 143", "return code 143", "exit code 15"], [.noise: 0.8, .unknown: 0.2], weight: 1.8)
    + phrases(["exit code 127", "exit code 126", "return code 127", "return code 126", "command not found", "exec format error", "no such option", "unrecognized arguments", "usage error"], [.deployment: 1], weight: 2)

  // https://docs.getdbt.com/guides/debug-errors
  private static let dbt =
    phrases(["compilation error", "parsing error", "dbt found two models", "depends on a node named", "depends on a source named", "env var required but not provided", "could not find profile", "runtime error * profile", "credentials in profile"], [.deployment: 1], weight: 2)
    + phrases(["configured to fail if", "configured to warn if", "got * result configured to fail", "got * results configured to fail", "failure in test", "expectation * failed", "data quality check", "data quality", "assertion failed", "check failed * rows"], [.records: 1], weight: 2.6)
    + phrases(["contract", "this model has an enforced contract", "data contract"], [.schema: 1], weight: 1.6)
    + phrases(["database error in model", "database error", "runtime error"], [.unknown: 1], weight: 0.3)
    + phrases(["skipping due to", "skip relation * due to ephemeral model error"], [.upstream: 1], weight: 1.8)
}
