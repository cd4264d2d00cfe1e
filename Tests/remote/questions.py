"""Questions asked here and of other engines, which must give the same answers."""

# A table of values that engines treat differently: nulls, NaN, case, quotes, ticks, extremes.
MAKE = r'''.set t <| range i from 1 to 600 step 1
| extend a = iff(i % 7 == 0, long(null), i % 11 - 5), b = iff(i % 5 == 0, long(null), (i * 37) % 13 - 6),
  s = case(i % 8 == 0, "", i % 8 == 1, "foo bar", i % 8 == 2, "Foo-BAR", i % 8 == 3, "béfoo", i % 8 == 4, "it's \\ \"q\"", i % 8 == 5, "line\nbreak", i % 8 == 6, "x_foo", strcat("k", tostring(i % 3))),
  d = iff(i % 9 == 0, datetime(null), datetime(2026-01-01) + i * 7777777 * 1tick), dn = datetime(2026-01-05) + i * 3h + 1tick * i,
  r = case(i % 10 == 0, real(null), i % 10 == 1, real(nan), i % 10 == 2, real(+inf), i % 10 == 3, real(-inf), (i % 37) / 8.0 - 2), rn = i / 7.0,
  f = iff(i % 6 == 0, bool(null), i % 4 < 2), ts = i * 90s - 3h, n = toint(i % 50),
  g = toguid(strcat("00000000-0000-0000-0000-0000000", tostring(10000 + i % 20))), dy = pack("k", i % 3, "l", pack_array(i % 2, "x")),
  big = iff(i % 2 == 0, 9223372036854775807, long(-9223372036854775808)), w = i % 4, old = datetime(0001-01-01) + i * 1d;
.set e <| t | where i < 0;
.set u <| range k from -6 to 6 step 2 | extend v = k * 10, name = strcat("n", tostring(k));
.set runs <| range i from 1 to 30000 step 1
| extend run_id = i * 7919 % 30011, source = tostring(dynamic(["Azure AD", "GitHub", "Okta", "Salesforce", "Defender"])[i * 31 % 5]),
  region = tostring(dynamic(["eastus", "westus2", "uksouth"])[i * 17 % 3])
| extend pipeline = strcat(case(source == "Azure AD", "aad-signin", source == "GitHub", "gh-audit", "okta-syslog"), "-", tostring(i * 13 % 97)),
  status = case(i % 11 == 0, "failed", i % 50 == 1, "running", "succeeded"), started = datetime(2026-03-01) + i * 90s + (i * 7 % 60) * 1ms,
  duration_ms = 1000 + i * 7919 % 150000, records = i * 101 % 5000, bytes = i * 104729 % 1000003, cpu = (i * 31 % 1000) / 10.0
| extend error_code = iff(status == "failed", strcat("ERR_", tostring(i % 5)), ""),
  message = case(status != "failed", strcat("Completed batch ", tostring(i % 300)), i % 3 == 0, strcat("Timeout after ", tostring(i % 60), " s"), "auth failed: token expired");
.set edges <| range i from 2 to 20000 step 1 | extend upstream = strcat("p", tostring(i / 2)), downstream = strcat("p", tostring(i))
| union (print i = 1, upstream = "p4", downstream = "p2") | project upstream, downstream;
.set pipelines <| range i from 1 to 20010 step 1 | project name = strcat("p", tostring(i)), status = iff(i % 3 == 0, "failed", "ok"), tier = i % 4,
  owner = strcat("team-", tostring(i % 9)), avg_duration = (i % 50) * 1m
'''.replace("\n|", " |").replace("\n ", " ")

# What people ask of the telemetry of pipelines.
TELEMETRY = """runs | count
runs | where status == 'failed' | summarize n = count(), d = avg(duration_ms)
runs | where duration_ms between (60000 .. 120000) | summarize n = count(), b = sum(bytes)
runs | where started >= datetime(2026-03-03) and started < datetime(2026-03-04) | summarize n = count(), b = sum(bytes)
runs | summarize n = count(), d = avg(duration_ms) by source
runs | summarize n = count(), b = sum(bytes), m = max(duration_ms) by pipeline | sort by n desc, pipeline asc | take 10
runs | summarize n = count(), r = sum(records) by region, status
runs | summarize ok = countif(status == 'succeeded'), bad = countif(status == 'failed'), lost = sumif(records, status == 'failed'), n = count() by source | extend ratio = 1.0 * bad / n
runs | summarize percentiles(duration_ms, 50, 95, 99) by source
runs | summarize p = percentile(duration_ms, 95) by bin(started, 1d), source
runs | summarize p = count_distinct(pipeline) by region
runs | summarize d = count_distinct(run_id)
runs | top 10 by duration_ms desc, run_id asc | project run_id, pipeline, duration_ms
runs | sort by bytes desc, run_id asc | take 100
runs | sort by duration_ms asc, run_id asc | extend rn = row_number() | where rn % 1000 == 0 | project rn, run_id, duration_ms
runs | where message contains 'timeout' | summarize n = count() by source
runs | where message has 'auth' | summarize n = count() by status
runs | where message matches regex @'batch [0-9]+' | extend b = extract(@'batch ([0-9]+)', 1, message) | summarize n = count() by b | sort by n desc, b asc | take 10
runs | summarize arg_max(started, *) by pipeline
runs | project source, pipeline, started | sort by pipeline asc, started asc | extend gap = iff(pipeline == prev(pipeline), datetime_diff('millisecond', started, prev(started)), long(null)) | summarize m = max(gap), a = avg(gap) by source
runs | partition hint.strategy=native by pipeline (top 3 by duration_ms desc | project pipeline, run_id, duration_ms) | summarize n = count(), s = sum(duration_ms)
runs | where status == 'failed' | summarize codes = make_set(error_code), l = make_list(duration_ms) by pipeline | extend k = array_length(codes), n = array_length(l) | summarize k = sum(k), n = sum(n), m = max(n)
runs | summarize n = count(), b = sum(bytes) by k = run_id % 10000 | sort by b desc, k asc | take 10
runs | summarize n = count(), a = avg(duration_ms) by h = hourofday(started), d = toint(dayofweek(started) / 1d)
runs | where pipeline startswith 'aad-signin' | summarize n = count(), m = max(started)
runs | summarize n = count() by message | sort by n desc, message asc | take 10
runs | summarize n = count(), r = sum(records), b = sum(bytes), c = avg(cpu), lo = min(duration_ms), hi = max(duration_ms), sd = stdev(cpu)
runs | where source in ('GitHub', 'Okta') and region != 'eastus' and duration_ms > 10000 | summarize n = count() by error_code
runs | where status == 'failed' | join kind=inner (runs | where status == 'running' | summarize r = count() by pipeline) on pipeline | summarize n = count(), r = sum(r) by region
runs | where started > datetime(2026-03-20) | make-series n = count() on started from datetime(2026-03-20) to datetime(2026-03-28) step 1d by source""".split("\n")

# What engines treat differently.
TRAPS = r"""t | where a == 1
t | summarize l = array_sort_asc(make_set("x")) by w
t | summarize dcount(tolong("Red")), n = count()
t | summarize c = count_distinct(iff(a > 1000000, a, long(null))), d = dcount(iff(a > 1000000, a, long(null))) by w
t | where a > 1000000 | summarize dcount(a), count_distinct(b)
t | summarize m = max(a) | summarize n = count()
t | summarize n = count() by x = bin(big, 100), w
t | where bin(big, 7) !between (-2 .. 5) | count
t | summarize x = countif(a > long(null)), y = sumif(3, a < b), z = countif(a == b and b > long(null)) by w
t | summarize l = array_sort_asc(make_set(tolong("Red"))) by w
t | summarize m = max(timespan(null)), n = sumif(long(null), a < b), o = max(long(null)) by s
t | where isnotnull(iff(a > 1, datetime(2024-12-15 03:04:05), datetime(null))) | count
t | take 0 | summarize x = countif(a > long(null)), y = sumif(a, a < b)
t | summarize lo = min(i + 9223372036854775807), hi = max(i - 9223372036854775807), up = sum(i * 4611686018427387904), down = avg(i + 1) by w
t | summarize x = countif(not(s !in ("x_foo", ""))), y = countif(not(not(s has "foo"))), z = countif(not(w !between (1 .. 2))), v = countif(not(s !contains "o"))
t | where isnotnull(i) | project i, x = parse_path(s) | count
t | where isnull(w) | project i, x = parse_path(s) | count
t | where isnull(w) | project i, x = parse_path(s) | sort by i asc
t | summarize x = countif(not(a > 1 and b < 2) == false), y = countif((not(a > b)) == f), z = countif(not(f) in (true)), v = countif(not(isnull(a)) and (a < b or not(b > 1))) by w
t | extend z = not(a > 1) or not(b > 1 and f), y = not(a > b) and not(f), x = not(not(a > 1 and f) and not(b < 1)) | summarize count() by z, y, x
t | summarize n = count() by w, x = isnull(coalesce(7, a)), y = isnotnull(i + 1)
t | summarize by w, x = s has "q" and false | summarize by x, y = week_of_year(datetime(2024-12-15) + timespan(null)) | where 5 between (7 .. 9) or isnull(coalesce(y, y))
t | where not(not(isnull(a))) and not(s !in~ ("FOO BAR", "k1")) and not(not(a < b)) | count
t | union (t | where isnotempty(s)), (t | where s matches regex "e") | count
t | where a != 1 | count
t | where not(a == 1) | count
t | where a == b | count
t | where a != b | count
t | where not(a < b) | count
t | where a < b or r > 1 | count
t | extend z = (a < b and r > 1) | summarize count() by z
t | extend z = (a < b or r > 1) | summarize count() by z
t | extend z = not(a < b) | summarize count() by z
t | extend z = a == b, y = a != b | summarize count() by z, y
t | where a in (1, 2, 3) | count
t | where a !in (1, 2, 3) | count
t | where a between (-1 .. 2) | count
t | where a !between (-1 .. 2) | count
t | where isnull(a) | count
t | where isnotnull(a) and isnull(b) | count
t | where isempty(s) | count
t | where s == "foo bar" | count
t | where s =~ "FOO BAR" | count
t | where s !~ "FOO BAR" | count
t | where s in~ ("FOO BAR", "K1") | count
t | where s has "foo" | count
t | where s !has "foo" | count
t | where s has_cs "foo" | count
t | where s has "foo bar" | count
t | where s has "bar" | count
t | where s hasprefix "fo" | count
t | where s hassuffix "oo" | count
t | where s contains "FOO" | count
t | where s !contains "FOO" | count
t | where s contains_cs "Foo" | count
t | where s startswith "FOO" | count
t | where s endswith "bar" | count
t | where s endswith "éfoo" | count
t | where s contains "É" | count
t | where s has_any ("foo", "k1") | count
t | where s has_all ("foo", "bar") | count
t | where s matches regex "^f.o" | count
t | where s matches regex "k[0-9]" | count
t | where s matches regex "line.break" | count
t | where s matches regex "(?i)FOO" | count
t | where s == "it's \\ \"q\"" | count
t | where s == "line\nbreak" | count
t | extend x = extract("k([0-9])", 1, s) | summarize count() by x
t | extend x = extract("k[0-9]", 0, s) | summarize count() by x
t | project i, x = a + b, y = a - b, z = a * b, q = a / b, m = a % 3, u = -a
t | project i, x = a / 0, y = a / 2, z = a % -3, w = big / -1, v = big + 1
t | project i, x = r / 0, y = rn * 2, z = r + 1, q = a * 1.5
t | project i, x = bin(a, 5), y = bin(d, 1h), z = bin(dn, 7d), q = bin(ts, 1h), v = bin(i, 7)
t | project i, dn, x = startofday(dn), y = startofweek(dn), z = hourofday(dn), q = dayofweek(dn)
t | project i, x = datetime_diff("hour", dn, d), y = datetime_diff("day", dn, d), z = datetime_diff("millisecond", dn, d)
t | project i, x = dn - d, y = dn + 1h, z = dn - ts, w = ts * 2, v = ts / 1h
t | project i, x = iff(a > 0, b, a), y = case(a > 0, "p", a < 0, "n", "z"), z = coalesce(a, b, 0), w = iff(f, 1, 2), v = iff(isnull(a), real(null), rn)
t | project i, x = strlen(s), y = strcat(s, "-", tostring(i)), z = substring(s, 1, 3), w = tostring(a)
t | project i, x = todouble(a), y = tolong(r), z = toint(rn), w = min_of(i, w), v = abs(a), q = abs(r)
t | project i, a, b, s, d, dn, r, rn, f, ts, n, g, dy, big
t | summarize count(), sum(a), avg(a), min(a), max(a), sum(r), sum(rn), min(r), max(r), dcount(s), countif(a > 0), sumif(b, a > 0), stdev(rn), variance(a)
e | summarize count(), sum(a), avg(a), min(a), max(a), dcount(s), countif(a > 0), sumif(b, a > 0), min(d), max(ts), stdev(a), percentile(a, 50)
e | summarize count(), sum(a), avg(a), min(a) by s
t | summarize sum(big)
t | summarize count(), sum(a), avg(a), min(a), max(b), min(r), max(r), stdev(rn) by s
t | summarize count() by a
t | summarize count() by f
t | summarize count() by bin(dn, 1d)
t | summarize count() by d = bin(d, 1m)
t | summarize count() by n, w
t | summarize percentile(a, 50), percentiles(rn, 5, 50, 99), percentile(dn, 90), percentile(ts, 10) by w
t | summarize percentile(a, 95)
t | summarize minif(a, b > 0), maxif(r, b > 0), avgif(a, b > 0), dcountif(s, b > 0), count_distinct(a), count_distinctif(s, a > 100)
t | summarize arg_max(dn, *) by w
t | summarize arg_max(dn, a, s, r) by w
t | summarize arg_min(i, a, d, f, g) by s
t | summarize arg_max(a * 1000 + i, i) by w
t | summarize l = make_list(i), m = make_set(s) by w | project w, x = array_length(l), y = array_length(m)
t | summarize make_list(a) by w | mv-expand list_a | summarize sum(tolong(list_a)) by w
t | summarize min(s), max(s) by w
t | summarize take_any(w) by w
t | distinct w, n
t | distinct f
t | distinct a, b | count
t | sort by r asc, i asc | project i, r
t | sort by r desc, i asc | project i, r
t | sort by a desc, i asc | project i, a
t | sort by a asc nulls last, i asc | project i, a
t | sort by s asc, i asc | project i, s
t | sort by d desc, i asc | take 7 | project i, d
t | top 5 by rn | project i
t | top 5 by a asc, i asc
t | sort by i asc | take 10 | where a > 0 | project i, a
t | sort by i asc | take 10 | summarize sum(a)
t | take 0
t | where false
t | where i < 10 | sort by i asc | extend p = prev(a), q = next(i), n = row_number(), ps = prev(s), p2 = prev(i, 2) | project i, p, q, n, ps, p2
t | sort by i desc | extend n = row_number() | where n % 100 == 0 | project n, i
t | join kind=inner u on $left.a == $right.k | summarize count(), sum(v) by name
t | join kind=innerunique u on $left.a == $right.k | count
t | join kind=leftouter u on $left.a == $right.k | project i, a, k, v, name
t | join kind=rightouter (u | where k > 0) on $left.a == $right.k | count
t | join kind=fullouter u on $left.w == $right.k | project i, w, k, name
t | join kind=rightouter (u | where k > 0) on $left.w == $right.k | project x = i - i % 7, y = bin(dn, 7d), name, z = strcat(s, "!")
t | join kind=fullouter (u | where k > 0) on $left.w == $right.k | project x = i - i % 7, y = bin(dn, 7d), name, z = v - v % 3
t | join kind=rightouter (t | where i < 9 | project i, m = n) on i | join kind=leftouter (u | project k, v) on $left.m == $right.k | project i, n = n + 1, m, v = v + 1
t | join kind=leftouter u on $left.w == $right.k | project i, w, k, v, name
t | join kind=leftsemi u on $left.w == $right.k | count
t | join kind=leftanti u on $left.w == $right.k | count
t | join kind=leftanti u on $left.a == $right.k | count
t | join kind=rightsemi u on $left.w == $right.k
t | join kind=rightanti u on $left.w == $right.k
t | join kind=inner (t | summarize m = max(i) by w) on w | where i == m | project i, w, m, m1 = m
t | join kind=inner (u | project k, k2 = k) on $left.w == $right.k | join kind=inner (u | project k, v2 = v) on $left.k2 == $right.k | summarize count(), sum(v2)
t | lookup u on $left.w == $right.k | project i, v, name
t | join kind=inner (datatable(w: long, label: string)[0, "zero", 2, "two's"]) on w | summarize count() by label
t | where w in (u | project k) | count
t | where w !in ((u | project k)) | count
t | union (t | where a > 0) | summarize count(), sum(i), count(a)
union t, (u | project i = k, name) | summarize count(), sum(i) by name
t | where i < 5 | union (u | project i = k) | project i, a, s, d, f
t | summarize n = count() by w | join kind=inner (t | summarize m = count() by w) on w | project w, n, m
t | summarize n = count() by w | summarize sum(n), max(w)
t | extend x = a * 2 | extend y = x + a | where y > 3 | summarize count() by x, y
t | extend a = b | where a > 2 | project i, a
t | project s = i, i = s | where s < 4
t | project-away a, b, d, r, g, dy | where i == 17
t | count
t | where dn >= datetime(2026-01-10) and dn < datetime(2026-01-11) | count
t | where d > datetime(2026-01-01 00:03:00.1234567) | count
t | where dn == datetime(2026-01-05 03:00:00.0000001) | count
t | where ts < 0s | count
t | where d between (datetime(2026-01-01) .. 5m) | count
t | where f | count
t | where f == true | count
t | where not(f) | count
t | where g == guid(00000000-0000-0000-0000-000000010003) | count
t | where dy.k == 1 | count
t | extend z = tostring(dy.k) | summarize count() by z
t | mv-expand l = dy.l | summarize count() by tostring(l)
t | partition hint.strategy=native by w (top 2 by rn desc | project w, i)
t | make-series n = count() on dn from datetime(2026-01-05) to datetime(2026-02-05) step 7d by w
t | summarize n = count() by bin(rn, 10.0)
t | where rn > 1e-320 | count
t | where big == -9223372036854775808 | count
t | where s == "\0" | count
t | parse s with p " " q | summarize count() by p, q
t | serialize x = 1 | count
t | where i > 5 and i < 2 | summarize max(i)
t | summarize by w
t | extend x = 1 | summarize count() by x, w
t | summarize dcount(a), dcount(d), dcount(f)
t | where tolower(s) == "foo bar" | count
t | evaluate pivot(w, count()) 
t | as hint.materialized=true T | join kind=inner (T | summarize m=max(i) by w) on w | where i == m | project i
let T = materialize(t | summarize m=max(i) by w); T | join kind=inner T on w | project m, m1
find in (t) where s has "bar" | count
search in (t) "bar" | count
let k = toscalar(t | summarize max(i)); t | where i == k | project i
t | summarize make_set(a), make_list(s) by w | project w, x = array_length(set_a), y = array_length(list_s)
t | getschema
t | where old == datetime(0001-01-08) | project i, old
t | where i < 8 | project old, dow = dayofweek(old), b = bin(old, 7d)
t | where s == "x'; DROP TABLE t; --" | count
t | where s has "foo" and tolower(s) has "foo" | count
t | where tolower(s) == "foo bar" or i == 3 | summarize n = count(), m = max(i)
t | join kind=inner (datatable(w: long, label: string)[]) on w | count
t | join kind=leftouter (datatable(w: long, label: string, score: real, since: datetime)[0, "zero", real(null), datetime(2026-01-01), 2, "", 1.5, datetime(null)]) on w | summarize count(), count(score), count(since) by label, score1 = tolong(score * 2), since
union t, (datatable(i: long, name: string)[1001, "x", long(null), "y"]) | summarize count(), sum(i) by name
t | where w in ((datatable(k: long)[long(null), 2])) | count
t | where r != 0 | sort by r asc nulls last, i asc | project i, r
t | where r != 0 | sort by r desc nulls first, i asc | project i, r
t | where r != 0 | sort by r desc nulls first, i asc | extend n = row_number() | where n in (1, 60, 61, 121) | project n, i
t | where r > 1 or isnull(r) or isnan(r) | summarize min(r), max(r), minif(r, i > 5), maxif(r, i % 2 == 0) by x = i % 10
t | where isnan(r) | summarize min(r), max(r), minif(r, i < 0), count()
t | where isnull(r) | summarize min(r), max(r), count()
t | extend x = a * 2 | take 600 | where x > 2 | summarize count(), sum(x)
t | extend x = i * 2 | sort by x desc | take 20 | extend y = x + 1 | sort by y asc | project y
t | extend y = i * 3 | top 9 by y desc | extend a = y + 1 | where a % 2 == 0 | top 3 by a asc | project a
t | extend x = strcat(s, "!") | sort by i asc | take 50 | where x startswith "f" | summarize count() by x
t | summarize count() by x = tostring(f), y = tostring(a > 2)
t | project i, x = strcat(s, "-", a, f, i > 7)
t | where tostring(f) == "" or strcat(n, "") == "7" | count
t | project i, c = 5, k = "x" | sort by c asc, k desc, i asc | take 3
t | project c = 7 | sort by c asc | take 3
t | extend c = 3 | partition hint.strategy=native by c (top 2 by i) | project i
t | where s has "foo" and f | project x = 1, y = "a" | take 4
t | where s contains "o" and f and n !in (3, 4) | extend x = strcat_delim("-", s, s) | summarize count()
t | where s contains "o" and f and n !in (3, 4) | project x = 1 | mv-expand y = range(1, 2) | count
t | extend x = case(i % 7 == 0, -9223372036854775808.0, i % 7 == 1, 9223372036854774784.0, i % 7 == 2, 9223372036854775808.0, i % 7 == 3, -2147483648.9, i % 7 == 4, 2147483647.9, i % 7 == 5, -2147483649.0, 2147483648.0) | project i, l = tolong(x), n = toint(x)
t | summarize l = make_list(a) by w | mv-expand l to typeof(long) | summarize sum(l), count() by w
t | summarize l = make_set(s) by w | mv-expand l | summarize count() by x = tostring(l)
t | summarize l = make_set(s) by w | mv-expand l to typeof(string) | where l has "foo" | count
t | summarize l = make_list(i) by w | mv-expand l | where l == 7 | project w, l
t | summarize l = make_list(i) by w | mv-expand l | count
t | where dy.k == 1 | summarize count() by tostring(dy.l[1])
t | mv-expand dy | count""".split("\n")

# Questions about lineage: a tree with a cycle.
LINEAGE = """lineage_upstream("p9000")
lineage_downstream("p5000")
lineage_downstream("p4000", 1)
lineage_downstream(dynamic(["p6000", "p7001"]))
lineage_upstream("p2")
lineage_upstream("p1")
lineage_path("p5", "p6001")
lineage_path("p6001", "p5")
lineage_critical_path("p9000")
blast("p5000")
lineage_upstream("p20005")
lineage_upstream("p99999")
lineage_path("p3", "p99999")
pipelines | where name == "p5000" | lineage downstream | summarize count() by depth""".split("\n")

# A table with the types that other programs use, on a current and on an old version.
ODD_CURRENT = r"""CREATE TABLE odd (id Int32, n Nullable(Int32), ns Nullable(String), lc LowCardinality(String), lcn LowCardinality(Nullable(String)),
 e Enum8('a' = 1, 'b' = 2), ne Nullable(Enum8('a' = 1)), d Decimal(18, 4), d2 Nullable(Decimal(38, 10)), t3 DateTime64(3), t9 DateTime64(9, 'Asia/Tokyo'),
 tz DateTime('Europe/Berlin'), u UUID, a Array(Nullable(Int64)), al Array(UInt16), ast Array(String), aa Array(Array(String)), m Map(String, Int64),
 ms Map(LowCardinality(String), String), tup Tuple(a Int32, b String), ip IPv4, ip6 IPv6, big Int128, u64 UInt64, f32 Float32, fs FixedString(4), b Bool,
 dt Date, d32 Date32, i8 Int8, nd Nullable(DateTime64(7)), itv IntervalDay, nu Nullable(UUID), lu UInt32, nip Nullable(IPv4), nf Nullable(Float64),
 nb Nullable(Bool), nde Nullable(Date), ndt Nullable(DateTime)) ENGINE = MergeTree ORDER BY id;
INSERT INTO odd (id, lc, e, ne, d, t3, t9, tz, u, a, al, ast, aa, m, ms, tup, ip, ip6, big, u64, f32, fs, b, dt, d32, i8, lu) VALUES
 (1, 'x', 'a', 'a', 1.5, '2026-01-01 00:00:00.123', '2026-01-01 09:00:00.123456789', '2026-03-29 04:30:00', '61f0c404-5cb3-11e7-907b-a6006ad3dba0',
 [1, NULL], [1, 2, 65535], ['x', 'y\'z'], [['a'], []], {'k': 1, 'k': 3}, {'s': 'v'}, (1, 'b'), '1.2.3.4', '::1', 170141183460469231731687303715884105727,
 5, 1.5, 'ab', true, '2026-01-01', '1900-01-01', -1, 3);
INSERT INTO odd (id, n, ns, lcn, e, d, d2, u64, fs, nd, ms, ast, nu, nip, nf, nb, nde, ndt, t9) VALUES
 (2, 5, 'y', 'z', 'b', -0.0001, 12345678901234567890.1234567890, 7, 'abcd', '2026-01-01 00:00:00.1234567', {'s': 'w', 'q': ''}, ['x'],
 '61f0c404-5cb3-11e7-907b-a6006ad3dba1', '4.3.2.1', nan, false, '2026-02-02', '2026-02-02 00:00:01', '1969-12-31 23:59:59.999999999'),
 (3, 7, '', 'q', 'a', 0, 0, 9223372036854775807, '', NULL, {}, [], NULL, NULL, 1.5, NULL, NULL, NULL, '2026-01-01 09:00:00.123456700')""".replace("\n ", " ").split(";\n")
ODD_OLD = r"""CREATE TABLE odd (id Int32, n Nullable(Int32), ns Nullable(String), e Enum8('a' = 1, 'b' = 2), ne Nullable(Enum8('a' = 1, 'it\'s, = 2' = -2)), d Decimal(18, 4),
 tz DateTime('Europe/Berlin'), u UUID, al Array(UInt16), ast Array(String), u64 UInt64, f32 Float32, fs FixedString(4), dt Date, i8 Int8,
 nu Nullable(UUID), nf Nullable(Float64), nde Nullable(Date), ndt Nullable(DateTime), nfs Nullable(FixedString(3)))
 ENGINE = MergeTree PARTITION BY tuple() ORDER BY id;
INSERT INTO odd VALUES (1, NULL, NULL, 'a', NULL, 1.5, '2026-03-29 04:30:00', '61f0c404-5cb3-11e7-907b-a6006ad3dba0', [1, 2, 65535], ['x', 'y'],
 5, 1.5, 'ab', '2026-01-01', -1, NULL, NULL, NULL, NULL, NULL);
INSERT INTO odd VALUES (2, 5, '', 'b', 'it\'s, = 2', -0.0001, '2026-01-01 00:00:00', '61f0c404-5cb3-11e7-907b-a6006ad3dba1', [], ['x'],
 9223372036854775807, 2.5, 'abcd', '2026-01-02', 7, '61f0c404-5cb3-11e7-907b-a6006ad3dba1', nan, '2026-02-02', '2026-02-02 00:00:01', 'xyz')""".replace("\n ", " ").split(";\n")

# Asked of a copy here as well; a question about a column that a version lacks is left out.
ODD = r"""odd
odd | where isnull(nd) | count
odd | summarize count() by e
odd | where ms.s == 'v' | project id
odd | where ms.s != 'v' | project id
odd | where tostring(ms.s) == '' | project id
odd | project id, x = ms.s, y = ms["q"], z = m.k
odd | project id, x = isnull(ms.s), y = isempty(tostring(ms.q)), z = tolong(m.k) + 1
odd | summarize count() by tostring(ms.s)
odd | extend svc = tostring(ms.s) | where svc startswith "v" | summarize n = count() by svc, k = tolong(m.k)
odd | where m.k == 3 | count
odd | where ip == '1.2.3.4' | project id
odd | mv-expand al | project id, al
odd | mv-expand al | summarize sum(tolong(al)) by id
odd | mv-expand ast | project id, ast
odd | mv-expand x = ast to typeof(string) | summarize count() by x
odd | mv-expand x = al to typeof(long) | summarize sum(x), count()
odd | mv-expand x = al | count
odd | mv-expand x = al | where x == 2 | count
odd | mv-expand x = al to typeof(string) | where x == '2' | count
odd | mv-expand with_itemindex=k al | project id, k, al
odd | mv-expand al, ast | count
odd | sort by id asc | mv-expand al | project id, al
odd | mv-expand m | count
odd | summarize l = make_list(id) by i8 | mv-expand l | summarize sum(tolong(l))
odd | summarize l = make_set(lc) by i8 | mv-expand l to typeof(string) | summarize count() by l
odd | project id, t9, nd, t3, tz, dt, d32
odd | where t9 > datetime(2026-01-01 00:00:00.1234567) | project id
odd | where t9 == datetime(2026-01-01 00:00:00.1234567) | project id
odd | where t9 >= datetime(2026-01-01 00:00:00.1234567) | project id
odd | where t9 != datetime(2026-01-01 00:00:00.1234567) | project id
odd | where t9 between (datetime(2026-01-01) .. datetime(2026-01-01 00:00:00.1234567)) | project id
odd | summarize max(nd), min(t3), max(t9), min(dt)
odd | summarize max(ndt), min(nde), count(nf), sum(nf), min(nf), max(nf), avg(nf)
odd | summarize count() by ns
odd | summarize count() by lcn
odd | summarize count() by nde, ndt
odd | summarize count() by nb
odd | where d > decimal(0) | count
odd | project d, d2, x = d + 1
odd | summarize sum(d)
odd | where nu == guid(61f0c404-5cb3-11e7-907b-a6006ad3dba1) | count
odd | summarize count() by nu
odd | summarize dcount(nu)
odd | where b | count
odd | where nb != true | count
odd | where fs == 'ab' | count
odd | project id, fs, l = strlen(fs)
odd | summarize sum(f32), avg(f32)
odd | where f32 == 1.5 | count
odd | sort by u asc | project id
odd | sort by nf asc, id asc | project id
odd | sort by nf desc, id asc | project id
odd | sort by ns asc, id asc | project id
odd | where ne == 'a' | count
odd | where isempty(ne) | count
odd | summarize sum(u64)
odd | summarize max(u64), sum(lu)
odd | where tup.a == 1 | count
odd | where j.a.b == 1 | count
odd | project big, ip6
odd | distinct e, fs
odd | summarize arg_max(id, *)
odd | summarize arg_max(id, nd, ns, nu) by i8
odd | where tz >= datetime(2026-03-29 02:30:00) | project id
odd | join kind=inner (odd | project id, other = ms) on id | project id, x = other.s
odd | extend k = ms.s | take 10 | where k == 'v' | project id, k
odd | where nd > datetime(2025-01-01) or n > 6 | project id
odd | union (odd | where id == 1) | count""".split("\n")
