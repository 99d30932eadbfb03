/* Draws <figure data-chart="kind" data-source="id of a json_script"> above its table, which folds; without this file, or
   without ECharts, the table stands open. minsheng/charts.py makes the JSON, templates/components/chart.html the figure.

   A point is {value: number|null, text: what a person reads, url: where it leads, or ""}.
   stacked, bars  {unit, categories: [{name, url}], series: [{name, tone: green|yellow|red|blue|grey|"", points: [point]}]}
   curve          {months: [text], scheduled: {name, points}, actual: {name, points}, as_of: a month or "",
                   milestones: {name, points: [{month, name, value, done}]}}
   goal           {name, goals: [{name, url, hint, value, text}]}, values in percent of the goal */
(function () {
  "use strict";

  var INK = "#1c2430", SOFT = "#55606e", LINE = "#dde2e9", BLUE = "#0b57a4";
  var PRINT_WIDTH = 660;  // px: the text area of A4 upright
  /* Red, yellow and green are lights, and only lights. */
  var TONES = { green: "#1f9d47", yellow: "#e0a100", red: "#d01f2a", blue: "#1f74c9", grey: "#8b96a3" };
  var AMOUNTS = ["#a9c8e8", "#4a8fd3", "#0b4a8c", "#6d8299"];

  function stripes(rotation, gap) {
    return { symbol: "rect", color: "rgba(255,255,255,.55)", dashArrayX: [1, 0], dashArrayY: [2, gap], rotation: rotation };
  }
  /* Told apart without colour: by the pattern, as the lights are by their shape. */
  var NONE = { symbol: "none" };
  var DECALS = {
    green: NONE,
    yellow: stripes(Math.PI / 4, 7),
    red: stripes(-Math.PI / 4, 3),
    blue: { symbol: "circle", symbolSize: 0.7, color: "rgba(255,255,255,.6)", dashArrayX: [[8, 8], [0, 8, 8, 0]], dashArrayY: [6, 0] },
    grey: stripes(0, 4)
  };
  var AMOUNT_DECALS = [NONE, stripes(-Math.PI / 4, 6), NONE, stripes(0, 4)];

  var charts = [];
  var locale = /^zh/i.test(document.documentElement.lang) ? "ZH" : "EN";

  function font(element) {
    return window.getComputedStyle(element).fontFamily;
  }

  function base(element) {
    return {
      animation: false,
      aria: { enabled: true, decal: { show: true } },
      textStyle: { color: INK, fontFamily: font(element), fontSize: 13 },
      tooltip: { renderMode: "richText", confine: true, textStyle: { color: INK, fontSize: 13 }, borderColor: LINE },
      legend: { top: 0, left: 0, itemWidth: 18, itemHeight: 12, itemGap: 14, textStyle: { color: INK } },
      grid: { top: 34, left: 4, right: 24, bottom: 4, containLabel: true }
    };
  }

  /* The names take the room they need, up to a limit, and then break. */
  function names(items, narrow) {
    var longest = items.reduce(function (most, item) { return Math.max(most, item.name.length); }, 1);
    return {
      type: "category",
      inverse: true,
      data: items.map(function (item) { return item.name; }),
      triggerEvent: true,
      axisTick: { show: false },
      axisLine: { lineStyle: { color: LINE } },
      axisLabel: { color: INK, width: Math.min(longest * 13 + 4, narrow ? 96 : 190), overflow: "break", lineHeight: 16, interval: 0 }
    };
  }

  function values(extra) {
    var axis = { type: "value", splitLine: { lineStyle: { color: LINE } }, axisLabel: { color: SOFT, hideOverlap: true } };
    Object.keys(extra || {}).forEach(function (name) { axis[name] = extra[name]; });
    return axis;
  }

  function bars(data, look) {
    return data.series.map(function (series, at) {
      var own = look(series, at);
      return {
        name: series.name,
        type: "bar",
        stack: own.stack,
        barMaxWidth: own.width,
        barGap: "10%",
        itemStyle: { color: own.colour, decal: own.decal },
        label: own.label,
        data: series.points.map(function (point) {
          return { value: point.value, text: point.text, url: point.url, cursor: point.url ? "pointer" : "default" };
        })
      };
    });
  }

  function unitOf(data) {
    return data.unit ? " " + data.unit : "";
  }

  function rowHint(data) {
    return function (items) {
      return [items[0].name].concat(items.filter(function (item) {
        return item.value !== null && item.value !== undefined;
      }).map(function (item) {
        return item.seriesName + "  " + item.data.text + unitOf(data);
      })).join("\n");
    };
  }

  var kinds = {
    stacked: {
      height: function (data) { return 80 + data.categories.length * 32; },
      urls: function (data) { return data.categories; },
      option: function (data, option, narrow) {
        option.yAxis = names(data.categories, narrow);
        if (narrow && data.series.length > 3) option.grid.top = 58;  // the legend breaks
        option.xAxis = values({ minInterval: 1 });
        option.tooltip.trigger = "axis";
        option.tooltip.axisPointer = { type: "shadow" };
        option.tooltip.formatter = rowHint(data);
        option.series = bars(data, function (series) {
          return {
            stack: "all",
            width: 18,
            colour: TONES[series.tone] || BLUE,
            decal: DECALS[series.tone] || NONE,
            label: {
              show: true, color: INK, backgroundColor: "#fff", padding: [1, 4, 0, 4], borderRadius: 2, fontSize: 12,
              formatter: function (item) { return item.value ? item.data.text : ""; }
            }
          };
        });
      }
    },
    bars: {
      height: function (data) { return 66 + data.categories.length * (14 + data.series.length * 14); },
      urls: function (data) { return data.categories; },
      option: function (data, option, narrow) {
        option.yAxis = names(data.categories, narrow);
        option.xAxis = values({ splitNumber: narrow ? 2 : 5 });
        option.tooltip.trigger = "axis";
        option.tooltip.axisPointer = { type: "shadow" };
        option.tooltip.formatter = rowHint(data);
        option.grid.right = narrow ? 72 : 96;
        option.series = bars(data, function (series, at) {
          return {
            width: 12,
            colour: AMOUNTS[at % AMOUNTS.length],
            decal: AMOUNT_DECALS[at % AMOUNT_DECALS.length],
            label: {
              show: true, position: "right", color: INK, fontSize: 11,
              formatter: function (item) { return item.value === null || item.value === undefined ? "" : item.data.text; }
            }
          };
        });
      }
    },
    curve: {
      height: function () { return 280; },
      urls: function () { return []; },
      option: function (data, option) {
        option.xAxis = {
          type: "category", boundaryGap: false, data: data.months, axisTick: { alignWithLabel: true },
          axisLine: { lineStyle: { color: LINE } }, axisLabel: { color: SOFT, hideOverlap: true }
        };
        option.yAxis = values({ min: 0, max: 100, interval: 25, axisLabel: { color: SOFT, formatter: "{value}%" } });
        option.grid.left = 8;
        option.tooltip.trigger = "axis";
        option.tooltip.formatter = function (items) {
          return [items[0].axisValueLabel].concat(items.map(function (item) {
            return item.seriesName + "  " + (item.data.text || "");
          })).join("\n");
        };
        option.series = [
          line(data.scheduled, { type: "dashed", color: SOFT, width: 2 }, "none"),
          line(data.actual, { color: BLUE, width: 3 }, "circle")
        ];
        if (data.as_of) {
          option.series[0].markLine = {
            silent: true, symbol: "none", lineStyle: { color: SOFT, type: "dotted" },
            label: { show: false }, data: [{ xAxis: data.as_of }]
          };
        }
        if (data.milestones.points.length) {
          option.series.push({
            name: data.milestones.name, type: "scatter", symbol: "diamond", symbolSize: 13, z: 5,
            itemStyle: { color: "#fff", borderColor: INK, borderWidth: 2 },
            data: data.milestones.points.map(function (mark) {
              return {
                value: [mark.month, mark.value], text: (mark.done ? "✓ " : "") + mark.name,
                itemStyle: { color: mark.done ? INK : "#fff" }
              };
            })
          });
        }
      }
    },
    goal: {
      height: function (data) { return 34 + data.goals.length * 36; },
      urls: function (data) { return data.goals; },
      option: function (data, option, narrow) {
        var most = data.goals.reduce(function (found, goal) { return Math.max(found, goal.value || 0); }, 100);
        option.legend.show = false;
        option.grid.top = 6;
        option.grid.right = narrow ? 56 : 72;
        option.yAxis = names(data.goals, narrow);
        option.xAxis = values({ min: 0, max: Math.min(Math.ceil(most / 25) * 25, 200), interval: narrow ? 50 : 25, axisLabel: { color: SOFT, formatter: "{value}%" } });
        option.tooltip.formatter = function (item) { return item.name + "\n" + item.data.hint + "\n" + item.data.text; };
        option.series = [{
          name: data.name, type: "bar", barMaxWidth: 16, showBackground: true,
          backgroundStyle: { color: "#eef2f7" }, itemStyle: { color: BLUE, decal: NONE },
          label: { show: true, position: "right", color: INK, backgroundColor: "#fff", formatter: function (item) { return item.data.text; } },
          markLine: {
            silent: true, symbol: "none", label: { show: false }, z: 1,
            lineStyle: { color: INK, type: "solid", width: 1 }, data: [{ xAxis: 100 }]
          },
          data: data.goals
        }];
      }
    }
  };

  function line(series, style, symbol) {
    return {
      name: series.name, type: "line", lineStyle: style, itemStyle: { color: style.color }, symbol: symbol,
      symbolSize: 7, data: series.points.map(function (point) { return { value: point.value, text: point.text }; })
    };
  }

  function follow(url) {
    if (url) window.location.assign(url);
  }

  /* The table goes into a fold, which print opens. */
  function fold(figure) {
    var table = figure.querySelector(".chart-table");
    var details = document.createElement("details");
    var summary = document.createElement("summary");
    details.className = "chart-fold";
    summary.textContent = figure.getAttribute("data-fold");
    table.parentNode.insertBefore(details, table);
    details.appendChild(summary);
    details.appendChild(table);
    return details;
  }

  function draw(figure) {
    var kind = kinds[figure.getAttribute("data-chart")];
    var source = document.getElementById(figure.getAttribute("data-source"));
    if (!kind || !source || figure.hasAttribute("data-drawn")) return;
    var data = JSON.parse(source.textContent);
    var box = figure.parentNode;
    if (box.hasAttribute("data-drawn-only")) box.hidden = false;
    var place = document.createElement("div");
    place.className = "chart-place";
    place.style.height = kind.height(data) + "px";
    figure.insertBefore(place, figure.querySelector(".chart-table"));
    var chart = window.echarts.init(place, null, { locale: locale, renderer: "canvas" });
    var drawn = { chart: chart, place: place, fold: fold(figure), narrow: null, paint: null };
    drawn.paint = function (width) {
      var narrow = width < 560;
      if (narrow === drawn.narrow) return;
      drawn.narrow = narrow;
      var option = base(place);
      option.aria.label = { description: figure.querySelector("figcaption").textContent };
      kind.option(data, option, narrow);
      chart.setOption(option, true);
    };
    drawn.paint(place.clientWidth);
    chart.on("click", function (event) {
      var named = event.componentType === "yAxis" ? kind.urls(data).filter(function (one) { return one.name === event.value; })[0] : event.data;
      follow(named && named.url);
    });
    chart.getZr().flush();
    figure.setAttribute("data-drawn", "true");
    charts.push(drawn);
  }

  function drawAll(within) {
    if (!window.echarts) return;
    Array.prototype.forEach.call(within.querySelectorAll("figure[data-chart]"), draw);
  }

  function fit(drawn, width) {
    if (!document.body.contains(drawn.place) || !(width || drawn.place.clientWidth)) return;
    drawn.paint(width || drawn.place.clientWidth);
    drawn.chart.resize(width ? { width: width } : { width: "auto" });
    drawn.chart.getZr().flush();
  }

  /* On paper the chart has the paper's width, and its table stands below it. */
  var printing = false;
  function print(now) {
    if (now === printing) return;
    printing = now;
    charts.forEach(function (drawn) {
      if (now) drawn.wasOpen = drawn.fold.open;
      drawn.fold.open = now || drawn.wasOpen;
      fit(drawn, now ? PRINT_WIDTH : 0);
    });
  }

  drawAll(document);
  document.addEventListener("htmx:load", function (event) { drawAll(event.detail.elt); });
  window.addEventListener("resize", function () {
    if (!printing) charts.forEach(function (drawn) { fit(drawn, 0); });
  });
  window.addEventListener("beforeprint", function () { print(true); });
  window.addEventListener("afterprint", function () { print(false); });
  window.matchMedia("print").addListener(function (media) { print(media.matches); });
})();
