"""Small files of telemetry as tools write them, for the examples of the manual's page on telemetry."""
import json, os, sqlite3


def database(path, *statements):
    os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
    connection = sqlite3.connect(path)
    for statement, values in statements: connection.execute(statement, values)
    connection.commit()
    connection.close()


def text(path, content):
    os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
    with open(path, "w") as file: file.write(content if isinstance(content, str) else json.dumps(content))


def write():
    """Writes all files into the current folder."""
    def result(name, status, message, minute):
        return {"unique_id": f"model.shop.{name}", "status": status, "message": message, "execution_time": 30.0, "adapter_response": {}, "failures": None, "thread_id": "1",
                "timing": [{"name": "execute", "started_at": f"2024-01-05T10:{minute:02}:00Z", "completed_at": f"2024-01-05T10:{minute:02}:30Z"}]}
    text("target/run_results.json", {
        "metadata": {"dbt_schema_version": "https://schemas.getdbt.com/dbt/run-results/v6.json", "dbt_version": "1.8.0", "generated_at": "2024-01-05T10:05:00Z", "invocation_id": "i1"},
        "results": [result("customers", "success", "ok", 0), result("orders", "error", "Database Error in model orders\n  relation \"raw.orders\" does not exist", 1)], "elapsed_time": 90.0, "args": {}})
    node = lambda name, needs: {"unique_id": f"model.shop.{name}", "resource_type": "model", "package_name": "shop", "name": name, "config": {}, "meta": {}, "depends_on": {"nodes": needs}}
    text("target/manifest.json", {
        "metadata": {"dbt_schema_version": "https://schemas.getdbt.com/dbt/manifest/v12.json", "generated_at": "2024-01-05T10:00:00Z", "project_name": "shop", "adapter_type": "postgres", "invocation_id": "i1"},
        "nodes": {"model.shop.customers": node("customers", []), "model.shop.orders": node("orders", ["model.shop.customers"])},
        "sources": {}, "exposures": {}, "metrics": {}, "parent_map": {}, "child_map": {}})

    event = lambda kind, at, facets: {"eventType": kind, "eventTime": at, "run": {"runId": "0176a8c2-fe01-7439-87e6-56a1a1b4029f", "facets": facets}, "job": {"namespace": "spark", "name": "load"},
                                      "inputs": [], "outputs": [], "producer": "x", "schemaURL": "x"}
    text("events.ndjson", "".join(json.dumps(e) + "\n" for e in [event("START", "2024-01-05T10:00:00Z", {}), event("FAIL", "2024-01-05T10:01:00Z", {"errorMessage": {"programmingLanguage": "JAVA"}})]))

    database("airflow.db",
        ("create table dag_run(id integer primary key, dag_id varchar(250), run_id varchar(250), start_date timestamp, end_date timestamp, state varchar(50), run_type varchar(50), queued_at timestamp, conf blob)", ()),
        ("insert into dag_run values(1, 'shop', 'manual__1', '2024-01-05 10:00:01.000000', '2024-01-05 10:05:00.000000', 'failed', 'manual', '2024-01-05 10:00:00.000000', x'80')", ()),
        ("create table task_instance(task_id varchar(250), dag_id varchar(250), run_id varchar(250), start_date timestamp, end_date timestamp, state varchar(20), try_number integer, operator varchar(1000), queued_dttm timestamp)", ()),
        ("insert into task_instance values('load', 'shop', 'manual__1', '2024-01-05 10:00:02.000000', '2024-01-05 10:04:00.000000', 'failed', 1, 'BashOperator', '2024-01-05 10:00:01.500000')", ()),
        ("insert into task_instance values('send', 'shop', 'manual__1', null, null, 'queued', 0, 'BashOperator', null)", ()),
        ("create table connection(id integer, password text)", ()), ("insert into connection values(1, 'secret')", ()))

    text("query_data.csv", "\ufeff\"TimeGenerated [UTC]\",Status,PipelineName,RunId,\"Start [UTC]\",\"End [UTC]\",ErrorMessage,Type\n"
         "\"1/29/2026, 5:40:00.000 AM\",InProgress,copy,r1,\"1/29/2026, 5:40:00.000 AM\",,,ADFPipelineRun\n"
         "\"1/29/2026, 5:44:10.123 AM\",Failed,copy,r1,\"1/29/2026, 5:40:00.000 AM\",\"1/29/2026, 5:44:10.000 AM\",the sink is full,ADFPipelineRun\n")

    run = lambda id, conclusion, day: {"id": id, "name": "CI", "status": "completed", "conclusion": conclusion, "created_at": f"2024-01-0{day}T09:59:00Z", "run_started_at": f"2024-01-0{day}T10:00:00Z",
                                       "updated_at": f"2024-01-0{day}T10:10:00Z", "run_attempt": 1, "head_branch": "main", "repository": {"full_name": "octo/shop"}}
    # As `gh api --paginate` writes pages: one after the other.
    text("actions.json", json.dumps({"total_count": 3, "workflow_runs": [run(5, "success", 5), run(6, "startup_failure", 6)]}) + json.dumps({"total_count": 3, "workflow_runs": [run(7, "brand_new", 7)]}))

    text("cloud.json", {"status": {"code": 200}, "data": [
        {"id": 7, "job_definition_id": 3, "job": {"name": "nightly"}, "status": 20, "created_at": "2024-01-05 09:59:00+00:00", "started_at": "2024-01-05 10:00:00.123456+00:00",
         "finished_at": "2024-01-05 10:20:00+00:00", "status_message": "Database Error", "git_branch": "main"},
        {"id": 8, "job_definition_id": 3, "job": {"name": "nightly"}, "status": 1, "created_at": "2024-01-06 09:59:00+00:00", "started_at": None, "finished_at": None}]})

    database("history/runs.db",
        ("create table runs(id integer primary key, run_id varchar(255), pipeline_name text, status varchar(63), run_body text, create_timestamp datetime, start_time float, end_time float)", ()),
        ("insert into runs values(1, 'abc', '__ASSET_JOB', 'FAILURE', ?, '2024-01-05 10:00:00', 1704448800.5, 1704448860.5)",
         (json.dumps({"asset_selection": {"__frozenset__": [{"path": ["raw", "orders"]}]}, "tags": {"team": "x"}}),)),
        ("create table run_tags(id integer, run_id text, key text, value text)", ()))
    database("history/runs/abc.db",
        ("create table event_logs(id integer primary key, run_id varchar(255), event text, dagster_event_type text, timestamp timestamp, step_key text)", ()),
        ("insert into event_logs values(1, 'abc', ?, 'STEP_FAILURE', '2024-01-05 10:00:30', 'orders')",
         (json.dumps({"timestamp": 1704448830.25, "step_key": "orders", "dagster_event": {"event_specific_data": {"error": {"message": "KeyError: 'amount'", "cls_name": "KeyError"}}}}),)),
        ("insert into event_logs values(2, 'abc', '{}', 'ENGINE_EVENT', '2024-01-05 10:00:31', null)", ()))

    database("prefect.db",
        ("create table flow(id char(36), name text)", ()), ("insert into flow values('f1', 'etl')", ()),
        ("create table flow_run(id char(36), name text, flow_id char(36), state_type text, state_name text, start_time datetime, end_time datetime, expected_start_time datetime, run_count int, parameters json, tags json)", ()),
        ("insert into flow_run values('u1', 'x', 'f1', 'CRASHED', 'Crashed', '2024-01-05 10:00:00.000000', '2024-01-05 10:01:00.000000', '2024-01-05 09:59:00.000000', 1, '{\"a\": 1}', '[]')", ()))
    text("flow_runs.json", [{"id": "u1", "name": "x", "flow_id": "f1", "state_type": "FAILED", "state_name": "Failed", "start_time": "2024-01-05T10:00:00+00:00", "end_time": "2024-01-05T10:01:00+00:00",
                             "expected_start_time": "2024-01-05T09:59:00+00:00", "run_count": 1, "state": {"message": "boom", "timestamp": "2024-01-05T10:01:00+00:00"}}])

    text("jobs.csv", "id,job,began,finished,result\n1,load,2024-01-05 10:00:00,2024-01-05 10:05:00,ok\n2,load,2024-01-06 10:00:00,2024-01-06 10:05:00,bad\n")
    text("jobs.kql", "let states = dynamic({\"ok\": \"succeeded\", \"bad\": \"failed\"});\n"
         "let runs = input | project pipeline = job, started = began, ended = finished, status = tostring(states[result]);\n")
    text("steps.csv", "job_id,step,at,message\n2,read,2024-01-06 10:01:00,no such file\n")
    text("steps.kql", "let runs = jobs | project run_id = id, pipeline = job, started = began, ended = finished;\n"
         "let errors = steps | lookup kind=inner (jobs | project job_id = id, pipeline = job) on job_id | project at, run_id = job_id, pipeline, message;\n")
