import PlumbStorage

extension ShippedMap {
  static let airflowDatabase = ShippedMap(
    name: "airflow-database", title: "Airflow's database",
    columns: [["dag_id", "task_id", "try_number"], ["dag_id", "run_id", "run_type"]], tables: ["dag_run", "task_instance"], kind: TelemetryKind(rawValue: "airflow"),
    text: #"""
      // Airflow's own database, as an SQLite file. What it reads: the tables `dag_run` and `task_instance`.
      //   plumb import airflow.db --map airflow-database --into ops.plumb
      let states = dynamic({"success": "succeeded", "failed": "failed", "up_for_retry": "failed", "skipped": "skipped", "upstream_failed": "skipped",
        "removed": "cancelled", "running": "running", "deferred": "running", "up_for_reschedule": "running", "restarting": "running"});
      let waiting = dynamic(["", "none", "queued", "scheduled"]);
      let dags = dag_run
        | where tostring(state) !in (waiting)
        | project pipeline = tostring(dag_id), run = tostring(column_ifexists("run_id", "")), state = tostring(state),
            began = todatetime(tostring(column_ifexists("start_date", ""))), finished = todatetime(tostring(column_ifexists("end_date", ""))),
            queued = todatetime(tostring(column_ifexists("queued_at", ""))), tries = long(null), operator = "",
            type = tostring(column_ifexists("run_type", ""));
      let tasks = task_instance
        | where tostring(state) !in (waiting)
        | project pipeline = strcat(tostring(dag_id), ".", tostring(task_id)),
            run = coalesce(tostring(column_ifexists("run_id", "")), tostring(column_ifexists("execution_date", ""))), state = tostring(state),
            began = todatetime(tostring(column_ifexists("start_date", ""))), finished = todatetime(tostring(column_ifexists("end_date", ""))),
            queued = todatetime(tostring(column_ifexists("queued_dttm", ""))), tries = tolong(tostring(column_ifexists("try_number", ""))),
            operator = tostring(column_ifexists("operator", "")), type = "";
      let runs = union dags, tasks
        | where isnotnull(began) or isnotnull(finished)
        | project run_id = binary_and(hash_xxhash64(strcat(pipeline, " ", run, " ", tries)), 9223372036854775807), pipeline, started = began,
            ended = iff(state in ("running", "deferred", "restarting"), datetime(null), finished), status = coalesce(tostring(states[state]), state),
            attempt = tries, queue_delay = iff(began > queued, began - queued, timespan(null)),
            error_code = iff(state == "upstream_failed", state, ""),
            details = bag_pack("run_id", run, "operator", operator, "run_type", type);
      // A DAG is the parent of its tasks.
      let edges = task_instance
        | distinct upstream = tostring(dag_id), task = tostring(task_id)
        | project upstream, downstream = strcat(upstream, ".", task), kind = "parent";

      """#)

  static let dagster = ShippedMap(
    name: "dagster", title: "a database of Dagster",
    columns: [["pipeline_name", "run_body", "run_id"]], tables: ["run_tags", "runs"],
    text: #"""
      // Dagster's own SQLite files. What it reads: the table `runs`, and `event_logs` if it is there.
      //   plumb import $DAGSTER_HOME/history/runs.db $DAGSTER_HOME/history/runs --map dagster --into ops.plumb
      let states = dynamic({"SUCCESS": "succeeded", "FAILURE": "failed", "CANCELED": "cancelled", "STARTED": "running", "STARTING": "running",
        "CANCELING": "running"});
      let known = runs
        | where status !in ("NOT_STARTED", "QUEUED", "MANAGED")
        | extend body = parse_json(tostring(column_ifexists("run_body", "")))
        | extend assets = body.asset_selection["__frozenset__"]
        // Dagster runs assets in a job of its own; then the first asset names the pipeline.
        | extend pipeline = iff(pipeline_name startswith "__ASSET_JOB" and isnotempty(assets[0].path), strcat_array(assets[0].path, "/"), pipeline_name)
        | extend began = unixtime_seconds_todatetime(todouble(column_ifexists("start_time", real(null)))),
            finished = unixtime_seconds_todatetime(todouble(column_ifexists("end_time", real(null)))),
            id = binary_and(hash_xxhash64(tostring(run_id)), 9223372036854775807)
        | project id, run = tostring(run_id), pipeline, began, finished, state = tostring(status), tags = body.tags;
      let runs = known
        | project run_id = id, pipeline, started = began, ended = finished, status = coalesce(tostring(states[state]), state),
            details = bag_pack("run_id", run, "tags", tags);
      let errors = union isfuzzy=true event_logs, (datatable(run_id: string, event: string, dagster_event_type: string)[])
        | where dagster_event_type in ("STEP_FAILURE", "RUN_FAILURE", "PIPELINE_FAILURE")
        | extend entry = parse_json(tostring(event))
        | extend data = entry.dagster_event.event_specific_data
        | extend message = coalesce(tostring(data.error.message), tostring(data.error.cause.message), tostring(entry.dagster_event.message), tostring(entry.user_message))
        | where isnotempty(message)
        | project run = tostring(run_id), at = unixtime_seconds_todatetime(todouble(entry.timestamp)), message, code = tostring(data.error.cls_name),
            details = bag_pack("step", entry.step_key)
        | lookup kind=inner (known | project run, run_id = id, pipeline) on run
        | project-away run;

      """#)

  static let prefect = ShippedMap(
    name: "prefect", title: "Prefect's database",
    columns: [["flow_id", "state_type", "start_time"]], tables: ["flow", "flow_run"],
    text: #"""
      // Prefect's own SQLite file. What it reads: the tables `flow_run` and `flow`.
      //   plumb import ~/.prefect/prefect.db --map prefect --into ops.plumb
      let states = dynamic({"COMPLETED": "succeeded", "CACHED": "succeeded", "FAILED": "failed", "CRASHED": "failed", "CANCELLED": "cancelled",
        "CANCELLING": "running", "RUNNING": "running", "PAUSED": "running"});
      let known = flow_run
        | where isnotempty(start_time) and state_type !in ("SCHEDULED", "PENDING")
        | project id = tostring(id), flow_id = tostring(flow_id), run = tostring(name), state = tostring(state_type), label = tostring(state_name),
            began = todatetime(tostring(start_time)), finished = todatetime(tostring(end_time)),
            expected = todatetime(tostring(column_ifexists("expected_start_time", ""))), count = tolong(tostring(column_ifexists("run_count", ""))),
            parameters = parse_json(tostring(column_ifexists("parameters", ""))), tags = parse_json(tostring(column_ifexists("tags", "")))
        | lookup kind=leftouter (flow | project flow_id = tostring(id), pipeline = tostring(name)) on flow_id
        | extend pipeline = iff(isempty(pipeline), flow_id, pipeline), number = binary_and(hash_xxhash64(id), 9223372036854775807);
      let runs = known
        | project run_id = number, pipeline, started = began, ended = finished, status = coalesce(tostring(states[state]), state), attempt = count,
            queue_delay = iff(began > expected, began - expected, timespan(null)), error_code = iff(state in ("FAILED", "CRASHED"), label, ""),
            details = bag_pack("id", id, "name", run, "parameters", parameters, "tags", tags);

      """#)
}
