/// Errors of operating systems and containers.
extension ErrorRule {
  // errno(3), signal(7), and the kernel's out-of-memory killer.
  static let system =
    codes("ENOSPC EDQUOT ENFILE EMFILE EIO EROFS", [.disk: 1])
    + codes("ENOMEM", [.memory: 1])
    + codes("ECONNREFUSED ENOTFOUND EHOSTUNREACH ENETUNREACH EAI_AGAIN EHOSTDOWN", [.vendor: 1], weight: 2.4)
    + codes("ETIMEDOUT ESOCKETTIMEDOUT", [.slowSource: 0.5, .vendor: 0.5], weight: 2)
    + codes("ECONNRESET EPIPE ECONNABORTED", [.vendor: 0.5, .noise: 0.5], weight: 2)
    + codes("EACCES EPERM", [.credentials: 0.8, .deployment: 0.2], weight: 2)
    + codes("ENOENT", [.upstream: 0.6, .deployment: 0.4], weight: 1.8)
    + phrases(["no space left", "disk full", "disk is full", "disk quota exceeded", "not enough space", "not enough disk", "insufficient disk", "out of disk", "disk space", "storage full", "storage is full", "staging area", "too many open files", "input output error", "i o error", "disk queue", "disk i o", "io wait", "iops", "read only file system", "out of inodes", "inode"], [.disk: 1], weight: 2.2)
    + phrases(["out of memory", "memory exhausted", "insufficient memory", "not enough memory", "memory limit", "memory error", "heap limit", "heap space", "java heap", "heap out of memory", "oom killer", "oom killed", "oom", "memory cgroup", "cgroup out of memory", "exceeds memory", "memory allocation", "std bad alloc", "bad alloc", "signal killed", "memory usage", "memory pressure"], [.memory: 1], weight: 2.2)
    + phrases(["cpu quota", "cpu limit", "cpu usage", "processor quota", "cpu time limit", "cpu exhausted", "high cpu", "load average", "max runtime", "processor * exhausted"], [.cpu: 1], weight: 2)
    + phrases(["segmentation fault", "sigsegv", "core dumped", "illegal instruction", "signal 11", "exit code 139", "sigabrt"], [.deployment: 0.6, .memory: 0.4], weight: 1.8)
    + phrases(["undefined symbol", "shared object file", "glibc", "cannot open shared object", "can not open shared object", "library * could not be loaded", "wrong elf class"], [.deployment: 1], weight: 2)
    + phrases(["taken away by the scheduler", "was taken away", "preempted", "evicted", "node was drained", "instance was terminated", "spot interruption", "made no progress", "connection reset by the source"], [.noise: 1], weight: 1.8)
    + phrases(["no such file or directory", "file not found", "file * does not exist", "file * not found", "directory * does not exist", "object * not found", "blob * not found", "blob does not exist", "specified key does not exist", "specified blob does not exist", "specified path does not exist", "file is missing", "missing file", "no files found", "no file matched", "no data found", "no data available", "empty file"], [.upstream: 0.8, .deployment: 0.2], weight: 2)
    + phrases(["not arrived", "has not arrived", "not yet available", "has not delivered", "data * stale", "data is older than", "is older than allowed", "source data * late", "missing partition", "expected * partition"], [.upstream: 1], weight: 2)
}
