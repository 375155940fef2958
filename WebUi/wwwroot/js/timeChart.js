// uPlot behind four calls: create, append, resize (by itself), dispose. The server sends new points only.
import uPlot from "../lib/uplot/uPlot.esm.js";

const UNITS = ["", "k", "M", "G", "T"];

export function formatRate(value, unit) {
  if (value === null || value === undefined) {
    return "–";
  }
  let step = 0;
  let scaled = Math.abs(value);
  while (scaled >= 1000 && step < UNITS.length - 1) {
    scaled /= 1000;
    step++;
  }
  const digits = scaled >= 100 || scaled === Math.round(scaled) ? 0 : scaled >= 10 ? 1 : 2;
  return `${scaled.toFixed(digits)} ${UNITS[step]}${unit}`;
}

function color(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function options(chart, width, height) {
  const { series, unit, spanSeconds, timeZone } = chart.settings;
  const grid = { stroke: () => color("--app-line"), width: 1 };
  const axis = { stroke: () => color("--app-quiet"), grid, ticks: { show: false }, font: "11px Inter, system-ui, sans-serif" };
  return {
    width,
    height,
    padding: [10, 8, 0, 0],
    cursor: { drag: { setScale: false, x: false, y: false }, points: { size: 7 } },
    legend: { show: true, live: false },
    tzDate: seconds => uPlot.tzDate(new Date(seconds * 1000), timeZone),
    scales: {
      x: { time: true, range: (u, min, max) => { const end = max ?? Date.now() / 1000; return [end - spanSeconds, end]; } },
      y: { range: (u, min, max) => [0, Math.max(max ?? 0, 1000) * 1.12] },
    },
    axes: [
      { ...axis, space: 90, size: 30, values: (u, ticks) => ticks.map(t => chart.clock.format(new Date(t * 1000))) },
      { ...axis, size: 74, values: (u, ticks) => ticks.map(t => formatRate(t, unit)) },
    ],
    series: [
      { label: "Time", value: (u, t) => (t === null ? "–" : chart.clock.format(new Date(t * 1000))) },
      ...series.map((one, i) => ({
        label: one.label,
        width: 2,
        stroke: () => color(one.color),
        fill: i === 0 ? () => color(one.color) + "22" : undefined,
        dash: one.dashed ? [6, 4] : undefined,
        points: { show: false },
        value: (u, v) => formatRate(v, unit),
      })),
    ],
  };
}

export function create(element, settings, columns) {
  const chart = {
    settings,
    columns,
    clock: new Intl.DateTimeFormat("en-GB", {
      hour: "2-digit", minute: "2-digit", second: "2-digit", timeZone: settings.timeZone,
    }),
  };
  const box = element.getBoundingClientRect();
  chart.plot = new uPlot(options(chart, Math.max(box.width, 120), settings.height), columns, element);
  chart.observer = new ResizeObserver(entries => {
    const width = entries[0].contentRect.width;
    if (width > 0 && Math.abs(width - chart.plot.width) > 1) {
      chart.plot.setSize({ width, height: settings.height });
    }
  });
  chart.observer.observe(element);
  chart.themed = new MutationObserver(() => chart.plot.redraw(false, true));
  chart.themed.observe(document.documentElement, { attributeFilter: ["data-theme"] });
  return {
    append(added) {
      const oldest = (added[0].at(-1) ?? 0) - settings.spanSeconds - 5;
      added.forEach((values, i) => chart.columns[i].push(...values));
      const gone = chart.columns[0].findIndex(t => t >= oldest);
      if (gone > 0) {
        chart.columns.forEach(column => column.splice(0, gone));
      }
      chart.plot.setData(chart.columns);
    },
    dispose() {
      chart.observer.disconnect();
      chart.themed.disconnect();
      chart.plot.destroy();
    },
  };
}
