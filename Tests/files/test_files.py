#!/usr/bin/env python3
"""Drives the built binary over folders, partitions, databases, archives and files that grow.

usage: test_files.py PLUMB
"""
import json, os, shutil, signal, sqlite3, subprocess, sys, tempfile, time, zipfile

plumb = os.path.abspath(sys.argv[1])
folder = tempfile.mkdtemp()
os.chdir(folder)
failures = []


def write(path, text):
    os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
    with open(path, "wb") as file: file.write(text if isinstance(text, bytes) else text.encode())


def database(path, **tables):
    os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
    connection = sqlite3.connect(path)
    for name, rows in tables.items():
        connection.execute(f"create table {name}(id integer, text text)")
        connection.executemany(f"insert into {name} values(?, ?)", rows)
    connection.commit()
    connection.close()


def run(*words):
    run = subprocess.run([plumb, *words], capture_output=True, timeout=120)
    return run.returncode, run.stdout.decode(errors="replace").strip(), run.stderr.decode(errors="replace").strip()


def recognised():
    """Telemetry in rows is mapped by what its columns or tables are, in every form in which it is handed out."""
    columns = ["TimeGenerated", "PipelineName", "RunId", "Status", "Start", "End", "ErrorMessage", "_ResourceId"]
    rows = [["2026-01-29T05:44:10Z", "copy", "r1", "Failed", "2026-01-29T05:40:00Z", "2026-01-29T05:44:00Z", "full", "/x/FACTORIES/SHOP"],
            ["2026-01-28T05:44:10Z", "copy", "r2", "Succeeded", "2026-01-28T05:40:00Z", "2026-01-28T05:44:00Z", "", "/x/FACTORIES/SHOP"]]
    table = lambda name, type: [{name: c, type: "string"} for c in columns]
    properties = {"FrameType": "DataTable", "TableKind": "QueryProperties", "Columns": [{"ColumnName": "Key"}], "Rows": [["x"]]}
    forms = {
        "rows.csv": "\n".join(",".join(r) for r in [columns, *rows]) + "\n",
        "monitor.json": json.dumps({"tables": [{"name": "PrimaryResult", "columns": table("name", "type"), "rows": rows}]}),
        "v1.json": json.dumps({"Tables": [{"TableName": "Table_0", "Columns": table("ColumnName", "ColumnType"), "Rows": rows}]}),
        "v2.json": json.dumps([{"FrameType": "DataSetHeader"}, properties,
            {"FrameType": "DataTable", "TableKind": "PrimaryResult", "Columns": table("ColumnName", "ColumnType"), "Rows": rows}, {"FrameType": "DataSetCompletion"}]),
        "synapse.ndjson": "".join(json.dumps({"category": "IntegrationPipelineRuns", "operationName": "x", "pipelineName": r[1], "runId": r[2], "status": r[3],
            "start": r[4], "end": r[5], "properties": {"Message": r[6]}, "resourceId": "/x/MICROSOFT.SYNAPSE/WORKSPACES/SHOP"}) + "\n" for r in rows),
        "fabric.json": json.dumps({"value": [{"id": r[2], "itemId": "copy", "jobType": "Pipeline", "invokeType": "Manual",
            "status": r[3].replace("Succeeded", "Completed"), "startTimeUtc": r[4], "endTimeUtc": r[5], "failureReason": {"message": r[6]} if r[6] else None} for r in rows]}),
    }
    question = "runs | sort by started asc | project pipeline, source, started, ended, status, error"
    answer = ("pipeline,source,started,ended,status,error\ncopy,shop,2026-01-28T05:40:00.0000000Z,2026-01-28T05:44:00.0000000Z,succeeded,\n"
              "copy,shop,2026-01-29T05:40:00.0000000Z,2026-01-29T05:44:00.0000000Z,failed,full")
    for name, text in forms.items():
        write("adf/" + name, text)
        expected = answer.replace("shop", "") if name == "fabric.json" else answer
        for options in [], ["--kind", "adf"]: expect(f"{name} {options}", query(question, "adf/" + name, options=options), expected)
    for name in "monitor.json", "v1.json", "v2.json":
        expect(f"{name} as a table", query("t | sort by RunId asc | project RunId, Status, End = todatetime(End)", "t=adf/" + name),
               "RunId,Status,End\nr1,Failed,2026-01-29T05:44:00.0000000Z\nr2,Succeeded,2026-01-28T05:44:00.0000000Z")
    write("acts.csv", "ActivityName,ActivityRunId,PipelineName,Status,Start,End,Output\nCopy,a1,p,Succeeded,2026-01-29T05:40:00Z,2026-01-29T05:44:00Z,\"{\"\"rowsRead\"\":10,\"\"rowsCopied\"\":7}\"\n")
    expect("activities", query("runs | project pipeline, records_in, records_out", "acts.csv"), "pipeline,records_in,records_out\np/Copy,10,7")
    expect("another kind", query("runs", "adf/rows.csv", options=["--kind", "dbt"]), None, "contains no readable telemetry", status=1)
    expect("rows under a name", query("t | count", "t=adf/rows.csv"), "Count\n2")
    # Airflow's own database, of which `connection` is never read.
    connection = sqlite3.connect("own.db")
    for text in ["create table dag_run(dag_id text, run_id text, start_date text, end_date text, state text)",
                 "insert into dag_run values('shop', 'm1', '2024-01-05 10:00:01', '2024-01-05 10:05:00', 'failed')",
                 "create table task_instance(dag_id text, task_id text, run_id text, start_date text, end_date text, state text, try_number integer)",
                 "insert into task_instance values('shop', 'load', 'm1', '2024-01-05 10:00:02', '2024-01-05 10:04:00', 'failed', 2)",
                 "create table connection(conn_id text, password text)", "insert into connection values('db', 'secret')"]: connection.execute(text)
    connection.commit()
    connection.close()
    for options in [], ["--kind", "airflow"]:
        expect(f"Airflow's database {options}", query("runs | sort by started asc | project pipeline, status, attempt", "own.db", options=options),
               "pipeline,status,attempt\nshop,failed,\nshop.load,failed,2", *(["mapped by `airflow-database`"]))
    expect("an import of Airflow's database", run("import", "own.db", "--into", "own.plumb"), "", "runs: 2 rows", "mapped by `airflow-database`")
    expect("what was not imported", run("query", "own.plumb", "-c", ".show tables | where TableName == 'connection' | count"), "Count\n0")
    # A folder of answers.
    for page in 1, 2:
        write(f"gh/page{page}.json", json.dumps({"total_count": 2, "workflow_runs": [{"id": page, "name": "CI", "status": "completed", "conclusion": "failure",
              "created_at": f"2024-01-0{page}T09:59:00Z", "run_started_at": f"2024-01-0{page}T10:00:00Z", "updated_at": f"2024-01-0{page}T10:10:00Z", "run_attempt": 1}]}))
    expect("a folder of answers", query("runs | summarize n = count(), last = max(started) by pipeline, status", "gh"), "pipeline,status,n,last\nCI,failed,2,2024-01-02T10:00:00.0000000Z")


def query(text, *loads, options=()):
    return run("query", *(word for load in loads for word in ("--load", load)), *options, "-c", text)


def expect(title, result, output, *messages, status=0):
    code, out, errors = result
    problems = []
    if code != status: problems.append(f"status {code}, not {status}")
    if output is not None and out != output: problems.append(f"printed {out!r}, not {output!r}")
    problems += [f"no message {message!r}" for message in messages if message not in errors]
    if problems: failures.append(title); print(f"{title}: {'; '.join(problems)}\n  {errors[:600]}")


try:
    # Partitions.
    write("events/dt=2024-01-01/part-0.csv", "id,v\n1,a\n")
    write("events/dt=2024-01-02/part-0.csv", "id,v\n2,b\n")
    expect("one file of a partition", query("part | project id, dt | getschema | project ColumnName, ColumnType", "part=events/dt=2024-01-01/part-0.csv"), "ColumnName,ColumnType\nid,long\ndt,datetime")
    expect("a folder with partitions is a table", query("events | sort by id asc | project id, v, day = dayofmonth(dt)", "events"), "id,v,day\n1,a,1\n2,b,2")
    expect("a pattern over partitions", query("e | summarize n = count() by dt | sort by dt asc | project n", "e=events/*/part-*.csv"), "n\n1\n1")
    expect("a pattern for any depth", query("e | count", "e=events/**/*.csv"), "Count\n2")
    expect("a pattern for any depth below the current folder", query("e | count", "e=**/part-0.csv"), "Count\n2")
    expect("a folder with a name", query("x | count", "x=events"), "Count\n2")
    write("nested/region=EU%20west/month=01/a.csv", "n\n1\n")
    write("nested/region=__HIVE_DEFAULT_PARTITION__/month=12/a.csv", "n\n2\n")
    write("nested/_SUCCESS", "")
    expect("nested partitions, escapes, the null value", query("nested | sort by n asc", "nested"), "n,region,month\n1,EU west,01\n2,,12")
    write("numbers/k=1/a.json", '{"v":1}\n'); write("numbers/k=x/a.json", '{"v":2}\n')
    expect("a partition's type fits all its values", query("numbers | sort by v asc", "numbers"), "v,k\n1,1\n2,x")
    write("own/k=9/a.csv", "k,v\n1,2\n")
    expect("a column of the file itself stays", query("own", "own"), "k,v\n1,2")
    expect("partitions in a workspace", run("import", "events", "--into", "p.plumb"), "", "events: 1 row from")
    expect("partitions in a workspace, read", run("query", "p.plumb", "-c", "events | where dt > datetime(2024-01-01) | project id"), "id\n2")

    # Folders.
    write("tree/a.csv", "n\n1\n"); write("tree/deep/er/b.csv", "n\n2\n"); write("tree/.hidden/c.csv", "n\n3\n")
    expect("folders in a folder", query(".show tables | project TableName | sort by TableName asc", "tree"), "TableName\na\nb")
    expect("a folder without tables", query("t", "t=" + os.path.join(folder, "tree/.hidden/none")), None, "cannot open", status=1)
    os.makedirs("bare")
    expect("an empty folder", query("t", "bare"), None, "contains no", status=1)

    # Empty files.
    write("empty.csv", "")
    expect("an empty file", query("t | count", "t=empty.csv"), "Count\n0", "`empty.csv` is empty")
    write("newlines.csv", "\n\n\n")
    expect("a file of newlines", query("t | count", "t=newlines.csv"), "Count\n0")
    write("some/a.csv", "n\n1\n"); write("some/empty.csv", "")
    expect("an empty file in a folder", query("a", "some"), "n\n1", "`some/empty.csv` is empty and was left out")
    expect("an empty file to import", run("import", "some/empty.csv", "--into", "e.plumb"), "", "is empty and was left out")

    # SQLite.
    database("dbs/one.db", event_logs=[(1, "a")], other=[(1, "x")]); database("dbs/two.db", event_logs=[(2, "b")])
    write("dbs/t.csv", "n\n1\n"); write("dbs/Thumbs.db", b"\xd0\xcf\x11\xe0 not a database")
    expect("a folder with databases", query("event_logs | sort by id asc", "dbs"), "id,text\n1,a\n2,b")
    expect("a table of databases that match a pattern", query("e | count", "e=dbs/*.db#event_logs"), "Count\n2")
    expect("a table of databases of a folder", query("other", "dbs#other"), "id,text\n1,x")
    expect("a table that none has", query("x", "x=dbs/*.db#nothing"), None, "has a table `nothing`", status=1)

    # Zip archives.
    with zipfile.ZipFile("one.zip", "w", zipfile.ZIP_DEFLATED) as archive: archive.writestr("data/runs.csv", "n\n" + "".join(f"{i}\n" for i in range(50_000)))
    with zipfile.ZipFile("many.zip", "w") as archive:
        archive.writestr("a.csv", "n\n1\n"); archive.writestr("b/a.csv", "n\n2\n"); archive.writestr("c.ndjson", '{"v":5}\n')
        archive.writestr("__MACOSX/a.csv", "junk"); archive.writestr("README", "hello")
    expect("a zip archive of one file", query("runs | summarize sum(n)", "one.zip"), "sum_n\n1249975000")
    expect("a zip archive with a name", query("r | count", "r=one.zip"), "Count\n50000")
    expect("files of one name in a zip archive", query("a | sort by n asc", "many.zip"), "n\n1\n2")
    expect("one file of a zip archive", query("c", "c=many.zip#c.ndjson"), "v\n5")
    expect("a file that is not in a zip archive", query("c", "c=many.zip#d.csv"), None, "contains no file `d.csv`", status=1)
    data = bytearray(open("many.zip", "rb").read()); data[data.index(b"n\n1")] ^= 1; write("bad.zip", bytes(data))
    expect("a damaged zip archive", query("a", "a=bad.zip#a.csv"), None, "checksum", status=1)
    write("cut.zip", bytes(data[:60]))
    expect("a zip archive that was cut off", query("a", "a=cut.zip"), None, "damaged-zip", status=1)
    expect("a zip archive into a workspace", run("import", "many.zip", "--into", "z.plumb"), "", "c: 1 row from many.zip#c.ndjson")
    expect("a zip archive again", run("import", "many.zip", "--into", "z.plumb"), "", "have already been imported")
    event = {"eventType": "COMPLETE", "eventTime": "2024-01-05T10:00:00Z", "run": {"runId": "0176a8c2-fe01-7439-87e6-56a1a1b4029f"}, "job": {"namespace": "n", "name": "j"}, "inputs": [], "outputs": [], "producer": "x", "schemaURL": "x"}
    with zipfile.ZipFile("lineage.zip", "w", zipfile.ZIP_DEFLATED) as archive: archive.writestr("events.json", json.dumps(event) + "\n")
    expect("telemetry in a zip archive", query("runs | project pipeline, status", "lineage.zip"), "pipeline,status\nn/j,succeeded")

    # Encodings.
    write("sjis.csv", "名前,年齢\n佐藤,28\n高橋,22\n".encode("shift_jis"))
    expect("a text that is not in Windows-1252", query("t", "t=sjis.csv"), None, "neither UTF-8 nor Windows-1252", "--encoding", status=1)
    expect("a text with a stated encoding", query("t | count", "t=sjis.csv", options=("--encoding", "latin1")), "Count\n2")

    # Maps.
    write("u.csv", "job,began,result\na,2024-01-05T10:00:00Z,succeeded\na,2024-01-06T10:00:00Z,startup_failure\na,2024-01-07T10:00:00Z,\n")
    write("u.kql", "let runs = input | project pipeline = job, started = began, status = result, details = pack_all();")
    expect("states that a mapping does not know", query("runs | summarize n = count() by status, isnotempty(details.job) | sort by n asc", "u.csv", options=("--map", "u.kql")),
           "status,Column1,n\nsucceeded,true,1\n,true,2", "2 runs have no status", "`startup_failure` (1)")
    expect("a map that does not exist", query("runs", "u.csv", options=("--map", "github-action")), None, "github-actions", status=1)
    expect("a name that the mapping does not read", query("runs", "x=u.csv", options=("--map", "u.kql")), None, "does not read a table `x`", status=1)
    database("flow.db", flow=[(1, "a")], flow_run=[(1, "a")])
    expect("a database of a scheduler", query("t", "t=flow.db"), None, "`--map prefect` makes runs of it", status=1)
    expect("a database of a scheduler as telemetry", query("runs", "flow.db", options=("--kind", "airflow")), None, "`--map prefect` makes runs of it", status=1)
    write("adf.csv", "PipelineName,RunId,Status\np,r,Failed\n")
    expect("a table that a map can read", query("adf | count", "adf=adf.csv"), "Count\n1", "`--map azure-data-factory` makes runs of it")
    recognised()
    expect("a shipped map is printed", run("manual", "dagster"), None)

    # Files that grow, imported at intervals.
    write("grow.csv", "n,s\n1,a\n")
    process = subprocess.Popen([plumb, "import", "grow.csv", "--into", "g.plumb", "--every", "1s"], stderr=subprocess.PIPE, stdout=subprocess.PIPE)
    def count(wanted):
        for _ in range(100):
            out = run("query", "g.plumb", "-c", "grow | count")[1] if os.path.exists("g.plumb") else ""
            if out == f"Count\n{wanted}": return True
            time.sleep(0.1)
        return False
    first = count(1)
    with open("grow.csv", "a") as file: file.write("2,b\n3,c\n")
    second = count(3)
    with open("grow.csv", "a") as file: file.write("4,un")
    time.sleep(2.5)
    with open("grow.csv", "a") as file: file.write("finished\n5,e\n")
    second = second and count(5) and run("query", "g.plumb", "-c", "grow | where n == 4 | project s")[1] == "s\nunfinished"
    time.sleep(2.5)
    process.send_signal(signal.SIGINT)
    _, messages = process.communicate(timeout=20)
    if b"has changed" in messages: failures.append("a line that is being written"); print(messages.decode())
    expect("imports at intervals", (0 if first and second else 1, "", messages.decode()), "", "grow: 1 row from grow.csv", "grow: 3 rows from grow.csv")
    if b"already been imported" in messages: failures.append("rounds without news"); print(messages.decode())
    write("grow.csv", "n,s\n9,z\n")
    expect("a file that was rewritten", run("import", "grow.csv", "--into", "g.plumb"), "", "has changed since it was imported")
    # How long rows are kept.
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    write("kept.csv", f"at,n\n2020-01-01T00:00:00Z,1\n{now},2\n,3\n")
    run("import", "kept.csv", "--into", "k.plumb")
    expect("a policy of retention", run("query", "k.plumb", "-c", ".alter table kept policy retention softdelete = 30d"),
           'PolicyName,EntityName,Policy,EntityType\nRetentionPolicy,kept,"{""SoftDeletePeriod"":""30.00:00:00""}",Table')
    expect("rows that are older are deleted", run("query", "k.plumb", "-c", "kept | sort by n asc | project n"), "n\n2\n3")
    with open("kept.csv", "a") as file: file.write(f"2021-01-01T00:00:00Z,4\n{now},5\n")
    expect("rows that come later", run("import", "kept.csv", "--into", "k.plumb"), "", "kept: 1 row older than 30.00:00:00 deleted")
    expect("rows that come later, read", run("query", "k.plumb", "-c", "kept | summarize sum(n)"), "sum_n\n10")
    expect("a policy is shown", run("query", "k.plumb", "-c", ".show table ['kept'] policy retention | project Policy"), 'Policy\n"{""SoftDeletePeriod"":""30.00:00:00""}"')
    expect("a policy is deleted", run("query", "k.plumb", "-c", ".delete table kept policy retention | project Policy"), None, status=1)
    expect("a policy is deleted, alone", run("query", "k.plumb", "-c", ".delete table kept policy retention"), "PolicyName,EntityName,Policy,EntityType\nRetentionPolicy,kept,null,Table")
    expect("a policy without a file", query(".alter table t policy retention softdelete = 1d", "t=kept.csv"), None, "only a workspace file keeps policies", status=1)
    expect("a wrong interval", run("import", "grow.csv", "--into", "g.plumb", "--every", "soon"), None, "--every must be a time", status=2)
finally:
    shutil.rmtree(folder)
print("files:", "ok" if not failures else f"{len(failures)} failed")
sys.exit(1 if failures else 0)
