/// The style sheet and the script of the pages, embedded in the binary.
enum Assets {
  /// Colours are named once, for light and dark; class names are longer than those that charts use.
  static let css = """
    :root{--ground:#fff;--panel:#f6f7f9;--line:#d5d9e0;--ink:#1a1f29;--quiet:#566072;--link:#0b57b7;--good:#1d7a46;--some:#c79a1b;
    --many:#d9691e;--bad:#b3261e;--busy:#0b57b7;--none:#c3c9d4;--focus:#0b57b7;--mark:#fff3c9}
    @media (prefers-color-scheme:dark){:root:not([data-theme=light]){--ground:#12151b;--panel:#1a1f28;--line:#343c4a;--ink:#e8ebf0;--quiet:#a4aec0;
    --link:#86b7ff;--good:#57c88a;--some:#e0bd55;--many:#ef9152;--bad:#ff8a80;--busy:#86b7ff;--none:#4a5364;--focus:#86b7ff;--mark:#4a3f14}}
    :root[data-theme=dark]{--ground:#12151b;--panel:#1a1f28;--line:#343c4a;--ink:#e8ebf0;--quiet:#a4aec0;
    --link:#86b7ff;--good:#57c88a;--some:#e0bd55;--many:#ef9152;--bad:#ff8a80;--busy:#86b7ff;--none:#4a5364;--focus:#86b7ff;--mark:#4a3f14}
    *{box-sizing:border-box}
    html{font:15px/1.45 system-ui,sans-serif;background:var(--ground);color:var(--ink)}
    body{margin:0}
    a{color:var(--link)}
    :focus-visible{outline:2px solid var(--focus);outline-offset:2px}
    .skip{position:absolute;left:-99em}.skip:focus{left:1em;top:1em;background:var(--ground);padding:.5em;z-index:2}
    header{display:flex;flex-wrap:wrap;gap:.4em 1.4em;align-items:center;padding:.5em 1em;border-bottom:1px solid var(--line);background:var(--panel)}
    header p,header ul{margin:0;padding:0}header ul{display:flex;flex-wrap:wrap;gap:.2em .9em;list-style:none}
    .brand a{font-weight:700;color:var(--ink);text-decoration:none}.brand span{color:var(--quiet)}
    header .clock{margin-left:auto;color:var(--quiet);font-size:.9em}
    nav a{text-decoration:none}nav a[aria-current]{color:var(--ink);font-weight:600;border-bottom:2px solid var(--focus)}
    .range ul{display:flex;flex-wrap:wrap;gap:.2em .8em;list-style:none;padding:0;font-size:.9em}
    main{padding:.5em 1em 3em;max-width:1900px;margin:0 auto}main:focus{outline:none}
    h1{font-size:1.35em;margin:.5em 0;overflow-wrap:anywhere}h2{font-size:1.02em;margin:0 0 .6em;overflow-wrap:anywhere}h3{font-size:1em;margin:.8em 0 .3em;overflow-wrap:anywhere}
    .quiet{color:var(--quiet)}
    .panel{background:var(--panel);border:1px solid var(--line);border-radius:6px;padding:.9em 1em;margin:0 0 1em;min-width:0;overflow-wrap:anywhere}
    .panel>footer{display:flex;flex-wrap:wrap;gap:.3em 1em;margin-top:.7em;font-size:.85em;color:var(--quiet)}
    .columns{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,30em),1fr));gap:0 1em;align-items:start}
    .columns>*{min-width:0}
    .columns.query{grid-template-columns:minmax(0,1fr)}@media (min-width:70em){.columns.query{grid-template-columns:minmax(0,1fr) 18em}}
    .cards,.risks{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,14em),1fr));gap:1em;list-style:none;margin:0 0 1em;padding:0}
    .risks{grid-template-columns:repeat(auto-fill,minmax(min(100%,21em),1fr))}
    .card{background:var(--panel);border:1px solid var(--line);border-radius:6px;padding:.8em 1em;min-width:0;overflow-wrap:anywhere}
    .risks .card{background:var(--ground)}
    .card.bad{border-color:var(--bad);border-left-width:4px}.card h2,.card h3{margin:0}.card p{margin:.2em 0}
    .figure{font-size:1.9em;font-weight:650;line-height:1.2;max-width:100%;overflow-wrap:anywhere}
    .card ul{margin:.3em 0;padding-left:1.2em;font-size:.93em}
    .scroll{overflow-x:auto;max-width:100%}
    table{border-collapse:collapse;font-size:.93em}.scroll table,.strips{width:100%}
    th,td{text-align:left;padding:.25em .6em;border-bottom:1px solid var(--line);vertical-align:top;overflow-wrap:normal}
    th{font-weight:600}thead th{color:var(--quiet);white-space:nowrap}
    .number{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
    td time{white-space:nowrap}
    .strips{table-layout:fixed}.strips th:first-child{width:34%}.strips th:last-child,.strips td:last-child{width:7em}.strips th{overflow-wrap:anywhere}
    .list .cells{min-width:9em}.list tr{content-visibility:auto}
    .strip{display:block;width:100%;height:18px}
    .cell0{fill:var(--none)}.cell1{fill:var(--good)}.cell2{fill:var(--some)}.cell3{fill:var(--many)}.cell4{fill:var(--bad)}
    .key{font-size:.85em;color:var(--quiet)}.key span{border-left:.9em solid var(--none);padding-left:.4em;margin-right:1em}
    .key .cell1{border-color:var(--good)}.key .cell2{border-color:var(--some)}.key .cell3{border-color:var(--many)}.key .cell4{border-color:var(--bad)}
    .key .g-upstream{border-color:var(--none)}.key .g-queue{border-color:var(--some)}.key .g-work{border-color:var(--good)}.key .g-failed{border-color:var(--bad)}
    .status{white-space:nowrap}.status.good{color:var(--good)}.status.bad,.late{color:var(--bad)}.status.busy{color:var(--busy)}
    .needs{margin:0;padding-left:1.3em}.needs li{margin-bottom:.9em}.needs p{margin:.2em 0}
    .facts{display:flex;flex-wrap:wrap;gap:.4em 1.6em;margin:.4em 0}.facts dt{font-size:.82em;color:var(--quiet)}.facts dd{margin:0;overflow-wrap:anywhere}
    .runs{list-style:none;margin:0;padding:0}.runs summary{display:grid;grid-template-columns:11em 7em minmax(4em,1fr) 9em;gap:.6em;align-items:center;cursor:pointer;padding:.1em 0}
    @media (max-width:50em){.runs summary{grid-template-columns:1fr 1fr}.runs .gantt{grid-column:1/-1;order:3}}
    .gantt{display:block;width:100%;height:12px}.g-upstream{fill:var(--none)}.g-queue{fill:var(--some)}.g-work{fill:var(--good)}.g-failed{fill:var(--bad)}
    .risk{display:block;width:100%;height:16px;margin:.3em 0}.r-ground{fill:var(--line)}.r-risk{fill:var(--many)}.r-range{fill:var(--ink)}.r-base{fill:var(--link)}
    .filters{display:flex;flex-wrap:wrap;gap:.5em 1em;align-items:end;margin-bottom:.6em}
    label{font-size:.9em}.filters label{display:inline-flex;flex-wrap:wrap;gap:.3em;align-items:center;max-width:100%}
    input,select,button,textarea{font:inherit;color:inherit;background:var(--ground);border:1px solid var(--quiet);border-radius:4px;padding:.25em .5em;max-width:100%}
    button{cursor:pointer;background:var(--link);color:var(--ground);border-color:var(--link)}
    .clause code,pre,textarea,code{font-family:ui-monospace,monospace;font-size:.93em}.clause{margin:.2em 0 .8em;overflow-wrap:anywhere}
    textarea{width:100%;display:block;resize:vertical;tab-size:2}
    .edit{position:relative;margin:.2em 0 .5em}.edit textarea,.edit .ink{font:13.95px/1.45 ui-monospace,monospace;padding:.4em .6em;tab-size:2;white-space:pre-wrap;overflow-wrap:anywhere}
    .edit .ink{display:none;position:absolute;inset:0;margin:0;border:1px solid transparent;border-radius:4px;max-height:none;overflow:hidden;pointer-events:none}
    .edit.coloured .ink{display:block}.edit.coloured textarea{position:relative;background:none;color:transparent;caret-color:var(--ink)}
    .ink1{color:var(--link)}.ink2{color:#7a4ea3}.ink3{color:var(--good)}.ink4{color:#a04a00}.ink5{color:var(--quiet)}.ink6{color:var(--bad)}.ink7{color:var(--link)}
    .ink .wrong{text-decoration:underline wavy var(--bad)}
    @media (prefers-color-scheme:dark){:root:not([data-theme=light]) .ink2{color:#c9a4ee}:root:not([data-theme=light]) .ink4{color:#f0b27a}}
    :root[data-theme=dark] .ink2{color:#c9a4ee}:root[data-theme=dark] .ink4{color:#f0b27a}
    pre{overflow-x:auto;background:var(--ground);border:1px solid var(--line);padding:.6em;margin:.4em 0;max-height:30em}
    .error{color:var(--bad);white-space:pre-wrap}
    .schema,.schema ul{list-style:none;padding-left:.6em;margin:0}.schema summary{cursor:pointer}
    figure{margin:0;overflow-x:auto}figure svg{max-width:100%;height:auto}
    .graph .edge{fill:none;stroke:var(--quiet);stroke-width:1.2}.graph .k-other{stroke-dasharray:4 3}.graph .edge.marked{stroke:var(--bad);stroke-width:3}
    .graph rect{fill:var(--ground);stroke:var(--quiet)}.graph text{fill:var(--ink);font-size:12px}.graph .tier1 rect{stroke-width:2.5}
    .graph .bad rect{stroke:var(--bad);stroke-width:2.5}.graph .focus rect{fill:var(--mark)}.graph .node.marked rect{fill:var(--mark);stroke:var(--bad)}
    .words{position:absolute;z-index:3;background:var(--ground);border:1px solid var(--quiet);border-radius:4px;margin:0;padding:0;list-style:none;max-height:16em;overflow:auto;min-width:14em;max-width:min(60em,94vw)}
    .words li{padding:.15em .6em;cursor:pointer;white-space:nowrap;overflow:hidden;text-overflow:ellipsis}.words .note{margin-left:1em;font-size:.85em;opacity:.85}.words [aria-selected=true]{background:var(--link);color:var(--ground)}
    .board{display:grid;grid-template-columns:repeat(24,minmax(0,1fr));grid-auto-rows:minmax(2.4em,auto);gap:0 1em}
    .tile{grid-column:var(--x)/span var(--w);grid-row:var(--y)/span var(--h);min-width:0}.tile .panel{height:calc(100% - 1em);margin:0;overflow:auto}
    .tile .cards{grid-template-columns:repeat(auto-fill,minmax(min(100%,8em),1fr));margin:0}.tile .card{background:var(--ground)}
    @media (max-width:60em){.board{display:block}.tile .panel{height:auto;margin-bottom:1em}}
    .panel>footer form{display:inline}button.plain{background:none;border:none;color:var(--link);padding:0;text-decoration:underline}
    .several{border:1px solid var(--quiet);border-radius:4px;padding:.25em .5em;font-size:.9em}.several[open]{max-height:16em;overflow:auto}.several label{display:block}
    @media print{header nav,.filters,.panel>footer{display:none}}

    """

  /// Makes the pages quicker to use; every page can be read without it.
  static let script = """
    "use strict";
    (() => {
      const $ = (s, n = document) => n.querySelector(s), $$ = (s, n = document) => [...n.querySelectorAll(s)];
      const store = (k, v) => { try { if (v === undefined) return JSON.parse(localStorage.getItem(k)); localStorage.setItem(k, JSON.stringify(v)); } catch { return null; } };

      // Light or dark, besides what the system says.
      const theme = store("plumb.theme");
      if (theme) document.documentElement.dataset.theme = theme;
      const button = document.createElement("button");
      button.type = "button"; button.textContent = "◐"; button.title = "Light or dark"; button.setAttribute("aria-label", "Switch between light and dark");
      button.onclick = () => {
        const dark = document.documentElement.dataset.theme ? document.documentElement.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
        document.documentElement.dataset.theme = dark ? "light" : "dark"; store("plumb.theme", dark ? "light" : "dark");
      };
      $("header")?.append(button);

      // Times in the zone of the address, or in the one that was chosen last; charts say that theirs is UTC.
      const zone = () => new URLSearchParams(location.search).get("tz") || store("plumb.zone") || "UTC";
      const shift = (root = document) => {
        const name = zone(); let format = null;
        const style = {timeZone: name, year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit"};
        try { if (name !== "UTC") format = [new Intl.DateTimeFormat("sv-SE", style), new Intl.DateTimeFormat("sv-SE", {...style, second: "2-digit"})]; } catch { /* An unknown zone is UTC. */ }
        for (const time of $$("time", root)) {
          const utc = time.dataset.utc || time.textContent;
          if (!/^\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d/.test(utc)) continue;
          time.dataset.utc = utc; time.title = utc + " UTC";
          time.textContent = format ? format[utc.length > 16 ? 1 : 0].format(new Date(utc.replace(" ", "T") + "Z")) : utc;
        }
        for (const label of $$(".zone", root)) label.textContent = format ? name : "UTC";
        return format ? name : "UTC";
      };
      const zones = document.createElement("select"), here = Intl.DateTimeFormat().resolvedOptions().timeZone, now = shift();
      zones.setAttribute("aria-label", "Time zone");
      for (const name of new Set(["UTC", here, now].filter(Boolean))) zones.append(new Option(name, name, false, name === now));
      zones.onchange = () => {
        store("plumb.zone", zones.value);
        const state = new URLSearchParams(location.search); zones.value === "UTC" ? state.delete("tz") : state.set("tz", zones.value);
        window.history.replaceState(null, "", location.pathname + (String(state) && "?" + state)); shift();
      };
      if ($(".clock")) $(".clock").after(zones);

      // Keys that go to pages, and rows that can be walked.
      const pages = {o: "/", p: "/pipelines", r: "/predictions", l: "/lineage", q: "/query"};
      let pending = false;
      addEventListener("keydown", e => {
        if (e.ctrlKey || e.metaKey || e.altKey || /^(INPUT|TEXTAREA|SELECT)$/.test(e.target.tagName)) return;
        if (pending && pages[e.key]) { location.href = pages[e.key]; return; }
        pending = e.key === "g";
        if (e.key === "/") { const field = $("input[type=search],input[name=focus],textarea"); if (field) { e.preventDefault(); field.focus(); } }
        if (e.key === "j" || e.key === "k") {
          const rows = $$("main tbody th a, main .runs summary, main .needs a"); if (!rows.length) return;
          const at = rows.indexOf(document.activeElement) + (e.key === "j" ? 1 : -1);
          rows[Math.min(Math.max(at, 0), rows.length - 1)].focus();
        }
      });

      // Fresh panels in place of old ones; what the reader has open, selected or is typing in stays.
      const busy = () => document.hidden || String(getSelection()) !== "" || $("main details[open]") || /^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement?.tagName);
      const refresh = async force => {
        if (!force && busy()) return;
        try {
          const reply = await fetch(location.href, {headers: {Accept: "text/html"}}); if (!reply.ok) return;
          const fresh = new DOMParser().parseFromString(await reply.text(), "text/html");
          shift(fresh);
          for (const panel of $$("main .panel[id],main .card[id]")) {
            const next = fresh.getElementById(panel.id);
            const text = n => n.cloneNode(true), strip = n => { const c = text(n); c.querySelector(":scope>footer")?.remove(); return c.innerHTML; };
            if (next && strip(next) !== strip(panel)) panel.replaceWith(next);
          }
          const clock = $(".clock"), newClock = fresh.querySelector(".clock");
          if (clock && newClock) clock.replaceWith(newClock);
        } catch { /* The server is away; the next attempt may succeed. */ }
      };
      if (location.pathname !== "/query") {
        if ($("[data-pending]")) {
          let pause = 200;
          const wait = async () => { await refresh(true); pause = Math.min(pause * 1.1, 3000); if ($("[data-pending]")) setTimeout(wait, pause); };
          setTimeout(wait, pause);
        }
        if (window.EventSource) {
          const events = new EventSource("/events");
          events.addEventListener("changed", () => refresh(false));
          addEventListener("pagehide", () => events.close());
        }
      }

      // The editor.
      const editor = $("#csl");
      if (!editor) return;
      const history = $("[data-history]"), past = store("plumb.history") || [];
      if (editor.value.trim() && !$(".error[role=alert]")) store("plumb.history", [editor.value, ...past.filter(t => t !== editor.value)].slice(0, 30));
      if (history && past.length) {
        history.hidden = false;
        for (const text of past.slice(0, 10)) {
          const item = document.createElement("li"), link = document.createElement("a");
          link.textContent = text.length > 80 ? text.slice(0, 79) + "…" : text; link.href = "/query?csl=" + encodeURIComponent(text);
          item.append(link); $("ol", history).append(item);
        }
      }
      // Colours lie below the text, whose own is transparent; old ones stay until the server sends new ones.
      const ink = $(".ink"), frame = editor.parentNode;
      let pieces = JSON.parse(ink.dataset.pieces), marks = JSON.parse(ink.dataset.marks), painted = editor.value, asking = 0;
      const paint = () => {
        const text = editor.value; let at = 0; ink.textContent = "";
        const put = (end, kind) => {
          while (at < end) {
            const mark = marks.find(m => m[1] > at && m[0] < end), wrong = mark && mark[0] <= at;
            const to = mark ? Math.min(end, wrong ? mark[1] : mark[0]) : end, span = document.createElement("span");
            span.className = (kind ? "ink" + kind : "") + (wrong ? " wrong" : ""); span.textContent = text.slice(at, to); ink.append(span); at = to;
          }
        };
        for (const [kind, from, to] of pieces) if (from >= at && to <= text.length) { put(from, 0); put(to, kind); }
        put(text.length, 0); ink.append("\\n");
        ink.style.paddingRight = `calc(.6em + ${editor.offsetWidth - editor.clientWidth - 2}px)`; ink.scrollTop = editor.scrollTop;
      };
      const recolour = () => {
        const text = editor.value, change = text.length - painted.length; let same = 0, end = 0;
        if (text === painted) return;
        while (same < text.length && same < painted.length && text[same] === painted[same]) same++;
        while (end < text.length - same && end < painted.length - same && text[text.length - 1 - end] === painted[painted.length - 1 - end]) end++;
        const tail = painted.length - end;
        pieces = pieces.filter(p => p[2] <= same || p[1] >= tail || p[1] <= same && p[2] >= tail)
          .map(([k, a, b]) => [k, a >= tail && a > same ? a + change : a, b >= tail && b > same ? b + change : b]);
        marks = []; painted = text; paint(); clearTimeout(asking);
        if (text.length < 20000) asking = setTimeout(async () => {
          try {
            const next = await (await fetch("/colours?csl=" + encodeURIComponent(text))).json();
            if (editor.value === text) { pieces = next; paint(); }
          } catch { /* Without a server the text keeps the colours it has. */ }
        }, 60);
      };
      frame.classList.add("coloured"); paint();
      editor.addEventListener("scroll", () => { ink.scrollTop = editor.scrollTop; });
      if (window.ResizeObserver) new ResizeObserver(paint).observe(editor);
      // The lines around the caret up to empty ones.
      const start = at => { const from = editor.value.lastIndexOf("\\n\\n", Math.max(0, at - 1)); return from < 0 ? 0 : from + 2; };
      const block = () => {
        const text = editor.value, at = editor.selectionStart;
        if (editor.selectionEnd > at) return text.slice(at, editor.selectionEnd);
        const to = text.indexOf("\\n\\n", at);
        return text.slice(start(at), to < 0 ? text.length : to);
      };
      // Runs the block; what names the tile that is being edited stays in the address.
      const run = () => {
        const state = new URLSearchParams(new FormData(editor.form)); state.set("csl", block()); location.href = "/query?" + state;
      };
      let list = null, shown = [], typed = 0, chosen = 0;
      const close = () => { list?.remove(); list = null; editor.removeAttribute("aria-activedescendant"); };
      const insert = ([word, , ending]) => {
        const at = editor.selectionStart, next = editor.value[at] === ending ? "" : ending;
        editor.setRangeText(word + next, at - typed, at, "end"); close(); editor.focus(); recolour();
      };
      const draw = () => {
        list?.remove(); list = document.createElement("ul"); list.className = "words"; list.setAttribute("role", "listbox"); list.setAttribute("aria-label", "Completions");
        shown.forEach((w, i) => {
          const item = document.createElement("li"), note = document.createElement("span"); item.setAttribute("role", "option"); item.id = "word-" + i; item.setAttribute("aria-selected", i === chosen);
          note.className = "note"; note.textContent = w[1]; item.append(w[0], note); item.onmousedown = e => { e.preventDefault(); insert(w); }; list.append(item);
        });
        frame.after(list); editor.setAttribute("aria-activedescendant", "word-" + chosen); $("#word-" + chosen)?.scrollIntoView({block: "nearest"});
      };
      const complete = async () => {
        const at = editor.selectionStart, text = editor.value;
        let found; try { found = await (await fetch("/complete?csl=" + encodeURIComponent(text.slice(start(at), at)))).json(); } catch { return; }
        if (editor.value !== text || editor.selectionStart !== at) return;
        const isOpen = list; shown = found.offers; typed = found.typed; chosen = 0;
        if (shown.length === 1 && typed && !isOpen) return insert(shown[0]);
        shown.length ? draw() : close();
      };
      editor.addEventListener("keydown", e => {
        if (list) {
          if (e.key === "ArrowDown" || e.key === "ArrowUp") { e.preventDefault(); chosen = (chosen + (e.key === "ArrowDown" ? 1 : shown.length - 1)) % shown.length; return draw(); }
          if (e.key === "Enter" || e.key === "Tab") { e.preventDefault(); return insert(shown[chosen]); }
          if (e.key === "Escape") { e.preventDefault(); return close(); }
        }
        if ((e.ctrlKey || e.metaKey) && e.key === "Enter" || e.key === "F5") { e.preventDefault(); run(); }
        if (e.ctrlKey && e.key === " ") { e.preventDefault(); complete(); }
      });
      editor.addEventListener("input", () => { recolour(); if (list) complete(); });
      editor.addEventListener("blur", close);
      for (const link of $$("main a[href*='as=datatable']")) {
        link.onclick = async e => {
          e.preventDefault();
          const page = new DOMParser().parseFromString(await (await fetch(link.href)).text(), "text/html");
          const text = $$("pre", page).pop()?.textContent ?? "";
          try { await navigator.clipboard.writeText(text); link.textContent = "Copied as datatable"; } catch { location.href = link.href; }
        };
      }
    })();

    """
}
