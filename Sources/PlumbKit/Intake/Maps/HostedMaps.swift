import PlumbStorage

extension ShippedMap {
  static let gitHubActions = ShippedMap(
    name: "github-actions", title: "a page of GitHub Actions",
    columns: [["conclusion", "run_attempt", "run_started_at"], ["conclusion", "databaseId", "workflowName"], ["conclusion", "run_id", "steps"]], tables: [],
    text: #"""
      // GitHub Actions. What it reads, as `input`:
      //   gh api --paginate 'repos/OWNER/REPO/actions/runs?per_page=100' > runs.json
      //   gh run list --json databaseId,workflowName,status,conclusion,createdAt,startedAt,updatedAt,attempt,event,headBranch,url > runs.json
      //   gh api 'repos/OWNER/REPO/actions/runs/ID/jobs' > jobs.json
      let states = dynamic({"success": "succeeded", "neutral": "succeeded", "failure": "failed", "timed_out": "failed",
        "startup_failure": "failed", "cancelled": "cancelled", "stale": "cancelled", "skipped": "skipped", "action_required": "skipped"});
      // A page wraps a list of runs or of jobs; other files have one run in each row.
      let items = input
        | extend row = pack_all()
        | extend list = coalesce(row.workflow_runs, row.jobs, pack_array(row))
        | mv-expand item = list
        | where isnotempty(item.status)
        | project item, isJob = isnotnull(item.run_id) and isnotnull(item.steps);
      let runs = items
        | where item.status in ("completed", "in_progress")
        | extend state = iff(item.status == "completed", tostring(item.conclusion), "running")
        | extend workflow = coalesce(tostring(item.workflow_name), tostring(item.workflowName), tostring(item.name))
        | extend began = todatetime(coalesce(tostring(item.run_started_at), tostring(item.started_at), tostring(item.startedAt)))
        | extend created = todatetime(coalesce(tostring(item.created_at), tostring(item.createdAt)))
        | project run_id = tolong(coalesce(tostring(item.id), tostring(item.databaseId))),
            pipeline = iff(isJob, strcat(workflow, "/", tostring(item.name)), workflow),
            source = tostring(item.repository.full_name),
            started = coalesce(began, created),
            ended = iff(item.status == "completed", todatetime(coalesce(tostring(item.completed_at), tostring(item.updated_at), tostring(item.updatedAt))), datetime(null)),
            status = iff(state == "running", state, coalesce(tostring(states[state]), state)),
            attempt = tolong(coalesce(tostring(item.run_attempt), tostring(item.attempt))),
            queue_delay = iff(began > created, began - created, timespan(null)),
            details = bag_remove_keys(item, dynamic(["id", "databaseId", "repository", "head_repository", "status", "run_attempt", "attempt"]));
      // A workflow is the parent of its jobs.
      let edges = items
        | where isJob
        | project upstream = tostring(item.workflow_name), name = tostring(item.name)
        | where isnotempty(upstream)
        | distinct upstream, downstream = strcat(upstream, "/", name)
        | extend kind = "parent";

      """#)

  static let dbtCloud = ShippedMap(
    name: "dbt-cloud", title: "an answer of dbt Cloud",
    columns: [["created_at", "job_definition_id", "status"]], tables: [],
    text: #"""
      // dbt Cloud. What it reads, as `input`:
      //   curl -H "Authorization: Token $TOKEN" "https://cloud.getdbt.com/api/v2/accounts/ID/runs/?include_related=[\"job\"]&limit=100" > runs.json
      let states = dynamic({"1": "queued", "2": "queued", "3": "running", "10": "succeeded", "20": "failed", "30": "cancelled"});
      let items = input
        | extend row = pack_all()
        | extend list = iff(gettype(row.data) == "array", row.data, pack_array(coalesce(row.data, row)))
        | mv-expand item = list
        | where isnotempty(item.id)
        | extend state = coalesce(tostring(states[tostring(item.status)]), tostring(item.status)),
            pipeline = coalesce(tostring(item.job.name), strcat("job ", tostring(coalesce(item.job_id, item.job_definition_id))));
      // Runs that wait are not runs yet.
      let runs = items
        | where state != "queued"
        | extend began = todatetime(tostring(item.started_at)), created = todatetime(tostring(item.created_at))
        | project run_id = tolong(item.id), pipeline, started = coalesce(began, created), ended = todatetime(tostring(item.finished_at)),
            status = state, queue_delay = iff(began > created, began - created, timespan(null)),
            error = iff(state == "failed", tostring(item.status_message), ""),
            details = bag_remove_keys(item, dynamic(["id", "status", "job", "started_at", "finished_at", "created_at"]));
      let errors = items
        | where state == "failed" and isnotempty(item.status_message)
        | project at = todatetime(tostring(item.finished_at)), run_id = tolong(item.id), pipeline, message = tostring(item.status_message);

      """#)

  static let prefectAPI = ShippedMap(
    name: "prefect-api", title: "an answer of Prefect's API",
    columns: [["expected_start_time", "flow_id", "state_type"]], tables: [],
    text: #"""
      // Prefect's API. What it reads, as `input`:
      //   curl -X POST "$PREFECT_API_URL/flow_runs/filter" -H 'Content-Type: application/json' -d '{"limit": 200}' > flow_runs.json
      let states = dynamic({"COMPLETED": "succeeded", "CACHED": "succeeded", "FAILED": "failed", "CRASHED": "failed", "CANCELLED": "cancelled",
        "CANCELLING": "running", "RUNNING": "running", "PAUSED": "running"});
      let items = input
        | extend item = pack_all()
        | where isnotempty(item.start_time) and item.state_type !in ("SCHEDULED", "PENDING")
        | extend state = tostring(item.state_type), began = todatetime(tostring(item.start_time)), finished = todatetime(tostring(item.end_time)),
            number = binary_and(hash_xxhash64(tostring(item.id)), 9223372036854775807),
            pipeline = coalesce(tostring(item.flow_name), tostring(item.flow_id));
      let runs = items
        | extend expected = todatetime(tostring(item.expected_start_time))
        | project run_id = number, pipeline, started = began, ended = finished, status = coalesce(tostring(states[state]), state),
            attempt = tolong(item.run_count), queue_delay = iff(began > expected, began - expected, timespan(null)),
            error = iff(state in ("FAILED", "CRASHED"), tostring(item.state.message), ""),
            details = bag_pack("id", item.id, "name", item.name, "parameters", item.parameters, "tags", item.tags, "deployment", item.deployment_id);
      let errors = items
        | where state in ("FAILED", "CRASHED") and isnotempty(item.state.message)
        | project at = coalesce(todatetime(tostring(item.state.timestamp)), finished), run_id = number, pipeline, code = tostring(item.state_name),
            message = tostring(item.state.message);

      """#)

  static let azureDataFactory = ShippedMap(
    name: "azure-data-factory", title: "runs of Azure Data Factory, Synapse or Fabric",
    columns: [["PipelineName", "RunId", "Status"], ["ActivityName", "PipelineName", "Status"], ["invokeType", "itemId", "jobType"]], tables: [],
    kind: TelemetryKind(rawValue: "adf"),
    text: #"""
      // Runs of Azure Data Factory, Synapse and Fabric in rows: what the Azure portal exports as CSV, and answers of Log Analytics and
      // Azure Data Explorer (`tables`, `columns`, `rows`). What it reads, as `input`: the tables ADFPipelineRun, ADFActivityRun,
      // SynapseIntegrationPipelineRuns and SynapseIntegrationActivityRuns, and Fabric's list of job instances.
      //   plumb import query_data.csv --map azure-data-factory --into ops.plumb
      let states = dynamic({"succeeded": "succeeded", "completed": "succeeded", "failed": "failed", "timedout": "failed", "deduped": "skipped",
        "cancelled": "cancelled", "canceled": "cancelled", "skipped": "skipped", "inactive": "skipped", "inprogress": "running", "cancelling": "running"});
      let rows = input | extend row = pack_all();
      let framed = rows
        | extend list = coalesce(row.tables, row.Tables, iff(isnotnull(coalesce(row.rows, row.Rows)), pack_array(row), dynamic(null)))
        | where isnotnull(list)
        | mv-expand answer = list
        | extend columns = coalesce(answer.columns, answer.Columns)
        | mv-expand values = coalesce(answer.rows, answer.Rows)
        | mv-apply cell = zip(columns, values) on (summarize bag = make_bag(bag_pack(tostring(coalesce(cell[0].name, cell[0].ColumnName)), cell[1])))
        | project row = bag;
      let plain = rows
        | where isnull(coalesce(row.tables, row.Tables, row.rows, row.Rows))
        | extend list = iff(gettype(row.value) == "array", row.value, pack_array(row))
        | mv-expand item = list
        | project row = item;
      // The portal adds the time zone to the names of columns.
      let items = union plain, framed
        | extend pipeline = coalesce(tostring(row.PipelineName), tostring(row.pipelineName), tostring(row.itemDisplayName), tostring(row.itemId)),
            activity = coalesce(tostring(row.ActivityName), tostring(row.activityName)),
            state = coalesce(tostring(row.Status), tostring(row.status)),
            began = todatetime(coalesce(tostring(row.Start), tostring(row["Start [UTC]"]), tostring(row.startTimeUtc))),
            finished = todatetime(coalesce(tostring(row.End), tostring(row["End [UTC]"]), tostring(row.endTimeUtc))),
            written = todatetime(coalesce(tostring(row.TimeGenerated), tostring(row["TimeGenerated [UTC]"]))),
            run = coalesce(tostring(row.ActivityRunId), tostring(row.RunId), tostring(row.id)),
            output = parse_json(tostring(row.Output))
        | where isnotempty(pipeline) and tolower(state) !in ("queued", "notstarted", "")
        | extend name = iff(isempty(activity), pipeline, strcat(pipeline, "/", activity)),
            status = coalesce(tostring(states[tolower(state)]), state),
            number = binary_and(hash_xxhash64(strcat(run, " ", iff(isempty(run), strcat(pipeline, began), ""))), 9223372036854775807)
        // A run has a row when it begins and one when it ends.
        | summarize arg_max(iff(status == "running", datetime(1970-01-01), coalesce(written, finished)), *) by number;
      let runs = items
        | project run_id = number, pipeline = name,
            source = extract("/(?:factories|workspaces)/([^/]+)", 1, tolower(coalesce(tostring(row._ResourceId), tostring(row.ResourceId)))),
            started = began, ended = iff(status == "running", datetime(null), finished), status,
            error_code = coalesce(tostring(row.ErrorCode), tostring(row.failureReason.errorCode)),
            error = coalesce(tostring(row.ErrorMessage), tostring(row.failureReason.message)),
            records_in = tolong(output.rowsRead), records_out = tolong(output.rowsCopied), malformed = tolong(output.rowsSkipped),
            bytes = tolong(output.dataWritten),
            details = bag_remove_keys(row, dynamic(["Start", "End", "Start [UTC]", "End [UTC]", "Status", "PipelineName", "ErrorMessage"]));
      let errors = items
        | extend message = coalesce(tostring(row.ErrorMessage), tostring(row.failureReason.message))
        | where isnotempty(message)
        | project at = coalesce(finished, written), run_id = number, pipeline = name, code = coalesce(tostring(row.ErrorCode), tostring(row.failureReason.errorCode)), message;
      let edges = items
        | where isnotempty(activity)
        | distinct upstream = pipeline, downstream = name
        | extend kind = "parent";

      """#)
}
