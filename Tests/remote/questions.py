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
  message = case(status != "failed", strcat("Completed batch ", tostring(i % 300)), i % 3 == 0, strcat("Timeout after ", tostring(i % 60), " s"), "auth failed: token expired")
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
t | where tolower(s) == "foo bar" or i == 3 | summarize n = count(), m = max(i)""".split("\n")
