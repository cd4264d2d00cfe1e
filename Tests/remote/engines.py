"""Real engines for the tests of remote queries: two nodes of Debian's clickhouse-server with a cluster between them, and
a current ClickHouse (PyPI's chdb) in a small HTTP server. Each uses free ports and is ended by its process id."""
import atexit
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))


def free_ports(count):
    """Ports that nothing listens on."""
    sockets = [socket.socket() for _ in range(count)]
    for each in sockets:
        each.bind(("127.0.0.1", 0))
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


class Engine:
    """A server that answers over HTTP."""

    def __init__(self, name, port):
        self.name, self.port = name, port

    def address(self, database="default"):
        return f"clickhouse://default@127.0.0.1:{self.port}/{database}"

    def ask(self, sql, path=None, **settings):
        """The body of an answer; an error raises with its text. `path` is given for a request that is passed on."""
        path = path or "/?" + urllib.parse.urlencode(settings)
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", data=sql.encode())
        try:
            with urllib.request.urlopen(request, timeout=600) as answer:
                return answer.read()
        except urllib.error.HTTPError as error:
            raise RuntimeError(error.read().decode(errors="replace")) from None

    def await_ping(self, process, seconds=60):
        for _ in range(seconds * 20):
            if process.poll() is not None:
                raise RuntimeError(f"{self.name} ended with status {process.returncode}")
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/ping", timeout=1) as answer:
                    if answer.status == 200:
                        return
            except OSError:
                time.sleep(0.05)
        raise RuntimeError(f"{self.name} does not answer on port {self.port}")


def end(process):
    """Ends a process that this one started."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


CONFIG = """<yandex>
<logger><level>warning</level><log>{root}/log</log><errorlog>{root}/errors</errorlog></logger>
<listen_host>127.0.0.1</listen_host><http_port>{http}</http_port><tcp_port>{tcp}</tcp_port>
<interserver_http_port>{inter}</interserver_http_port><path>{root}/data/</path><tmp_path>{root}/tmp/</tmp_path>
<user_files_path>{root}/files/</user_files_path><format_schema_path>{root}/schemas/</format_schema_path>
<users_config>{root}/users.xml</users_config><default_profile>default</default_profile>
<default_database>default</default_database><timezone>UTC</timezone>
<mark_cache_size>67108864</mark_cache_size><uncompressed_cache_size>0</uncompressed_cache_size>
<remote_servers><plumb>
<shard><replica><host>127.0.0.1</host><port>{first}</port></replica></shard>
<shard><replica><host>127.0.0.1</host><port>{second}</port></replica></shard>
</plumb></remote_servers></yandex>"""

USERS = """<yandex><profiles><default><max_threads>2</max_threads><max_memory_usage>8000000000</max_memory_usage></default></profiles>
<users><default><password></password><networks><ip>127.0.0.1</ip></networks><profile>default</profile><quota>default</quota></default>
<guarded><password>se&amp;cret/1</password><networks><ip>127.0.0.1</ip></networks><profile>default</profile><quota>default</quota></guarded>
</users><quotas><default></default></quotas></yandex>"""


class TwoNodes:
    """Two servers of the old version, of which the first knows both as the cluster `plumb`."""

    @staticmethod
    def missing():
        return None if shutil.which("clickhouse-server") else "clickhouse-server is not installed"

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="plumb-clickhouse-")
        ports = free_ports(6)
        self.nodes, self.processes, self.commands = [], [], []
        for number in (0, 1):
            root = os.path.join(self.folder, f"n{number + 1}")
            for name in ("data", "tmp", "files", "schemas"):
                os.makedirs(os.path.join(root, name))
            http, tcp, inter = ports[number], ports[2 + number], ports[4 + number]
            with open(os.path.join(root, "config.xml"), "w") as file:
                file.write(CONFIG.format(root=root, http=http, tcp=tcp, inter=inter, first=ports[2], second=ports[3]))
            with open(os.path.join(root, "users.xml"), "w") as file:
                file.write(USERS)
            self.commands.append(["clickhouse-server", f"--config-file={root}/config.xml"])
            self.nodes.append(Engine(f"node {number + 1}", http))
            self.processes.append(None)
        self.tcp = ports[2:4]
        atexit.register(self.close)
        for number in (0, 1):
            self.start(number)

    def start(self, number):
        self.processes[number] = subprocess.Popen(
            self.commands[number], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.nodes[number].await_ping(self.processes[number])

    def stop(self, number):
        """Ends a node at once, as if its machine failed."""
        self.processes[number].kill()
        self.processes[number].wait()

    @property
    def first(self):
        return self.nodes[0]

    def create(self, name, columns, order, shard="rand()"):
        """A table whose rows are divided among the nodes."""
        for node in self.nodes:
            node.ask(f"CREATE TABLE {name}_local ({columns}) ENGINE=MergeTree PARTITION BY tuple() ORDER BY {order}")
            node.ask(f"CREATE TABLE {name} AS {name}_local ENGINE=Distributed(plumb, default, {name}_local, {shard})")

    def receive(self, plumb, file):
        """The tables of a workspace, on both nodes: declared as an export declares them, then filled by an export."""
        def export(database):
            moved = subprocess.run([plumb, "export", file, "--to", self.first.address(database)], capture_output=True, text=True)
            assert moved.returncode == 0, moved.stderr

        self.first.ask("CREATE DATABASE seed")
        export("seed")
        columns = {}
        for line in self.first.ask("SELECT table, name, type FROM system.columns WHERE database = 'seed'").decode().splitlines():
            table, name, kind = line.split("\t")
            columns.setdefault(table, []).append(f"`{name}` {kind}")
        for table, declared in columns.items():
            if table != "plumb_columns":
                self.create(table, ", ".join(declared), "tuple()")
        export("default")

    def close(self):
        for process in self.processes:
            if process:
                end(process)
        shutil.rmtree(self.folder, ignore_errors=True)


class Current(Engine):
    """A current ClickHouse in one process."""

    @staticmethod
    def missing():
        code = "import chdb"
        if subprocess.run([sys.executable, "-c", code], stderr=subprocess.DEVNULL).returncode != 0:
            return "PyPI's chdb is not installed"
        return None

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="plumb-chdb-")
        super().__init__("chdb", free_ports(1)[0])
        self.process = subprocess.Popen(
            [sys.executable, os.path.join(HERE, "chdb_server.py"), str(self.port), self.folder],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        atexit.register(self.close)
        self.await_ping(self.process)

    def create(self, name, columns, order, shard=None):
        self.ask(f"CREATE TABLE {name} ({columns}) ENGINE=MergeTree ORDER BY {order}")

    @property
    def first(self):
        return self

    def close(self):
        end(self.process)
        shutil.rmtree(self.folder, ignore_errors=True)
