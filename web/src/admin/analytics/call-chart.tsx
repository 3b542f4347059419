import { useEffect, useRef, useState } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { wordedBars, type Layer } from "./figures";

/// As the legend's marks are coloured, from the lowest layer up.
export const marks = [
  "bg-kind-twiml",
  "bg-kind-media",
  "bg-kind-sip",
  "bg-kind-webhook",
  "bg-good",
  "bg-kind-state",
] as const;
const colours = marks.map((mark) => `var(--color-${mark.slice("bg-".length)})`);

const height = 260;
const wordWidth = 84;

interface CallChartProps {
  label: string;
  layers: readonly Layer[];
  /// One for each bar.
  times: readonly string[];
  /// Which bar is pointed at; null: none.
  onPoint: (bar: number | null) => void;
}

/// Stacked bars on a canvas. What they say is in the page's tables too.
export function CallChart({ label, layers, times, onPoint }: CallChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const width = useWidth(place);
  const scheme = useColourScheme();
  const point = useRef(onPoint);
  useEffect(() => {
    point.current = onPoint;
  });

  useEffect(() => {
    const element = place.current;
    if (!element || width === 0) return;
    const pointAt = (bar: number | null) => point.current(bar);
    const chart = new uPlot(
      optionsOf(element, layers, times, width, pointAt),
      dataOf(layers, times),
      element,
    );
    return () => chart.destroy();
  }, [layers, times, width, scheme]);

  return <div ref={place} role="img" aria-label={label} style={{ minHeight: height }} />;
}

/// The highest layer is drawn first, the lower ones before it.
function dataOf(layers: readonly Layer[], times: readonly string[]): uPlot.AlignedData {
  return [times.map((_, index) => index), ...layers.map(({ tops }) => [...tops]).reverse()];
}

function optionsOf(
  element: HTMLElement,
  layers: readonly Layer[],
  times: readonly string[],
  width: number,
  pointAt: (bar: number | null) => void,
): uPlot.Options {
  const ink = colourIn(element, "var(--color-muted)");
  const line = colourIn(element, "var(--color-line)");
  const font = "12px 'Inter Variable', system-ui, sans-serif";
  const bars = uPlot.paths.bars?.({ size: [0.8, 48], radius: 0.12 });
  const series = layers.map(({ name }, index): uPlot.Series => ({
    label: name,
    fill: colourIn(element, colours[index] ?? "currentColor"),
    width: 0,
    points: { show: false },
    ...(bars && { paths: bars }),
  }));
  const worded = wordedBars(times.length, Math.floor((width - 56) / wordWidth));
  return {
    width,
    height,
    legend: { show: false },
    cursor: { y: false, points: { show: false }, drag: { x: false, y: false } },
    scales: {
      x: { time: false, range: [-0.5, times.length - 0.5] },
      y: { range: (_, __, most) => [0, Math.max(4, Math.ceil(most * 1.08))] },
    },
    axes: [
      {
        stroke: ink,
        font,
        size: 32,
        grid: { show: false },
        ticks: { show: false },
        splits: () => worded,
        values: (_, splits) => splits.map((bar) => times[bar] ?? ""),
      },
      {
        stroke: ink,
        font,
        size: 48,
        grid: { stroke: line, width: 1 },
        ticks: { show: false },
        incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5, 2e5, 5e5, 1e6],
      },
    ],
    series: [{}, ...series.reverse()],
    hooks: { setCursor: [(chart) => pointAt(chart.cursor.idx ?? null)] },
  };
}

/// A canvas knows neither custom properties nor `light-dark()`. A new element has no colour to fade from.
function colourIn(element: HTMLElement, colour: string): string {
  const sample = document.createElement("span");
  sample.style.color = colour;
  element.append(sample);
  const computed = getComputedStyle(sample).color;
  sample.remove();
  return computed;
}

function useWidth(place: React.RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const element = place.current;
    if (!element) return;
    const observer = new ResizeObserver(() => setWidth(Math.floor(element.clientWidth)));
    observer.observe(element);
    return () => observer.disconnect();
  }, [place]);
  return width;
}

/// Changes with the colours of the page, whether the system or somebody has chosen them.
function useColourScheme(): string {
  const [scheme, setScheme] = useState(currentScheme);
  useEffect(() => {
    const update = () => setScheme(currentScheme());
    const dark = matchMedia("(prefers-color-scheme: dark)");
    const theme = new MutationObserver(update);
    dark.addEventListener("change", update);
    theme.observe(document.documentElement, { attributeFilter: ["data-theme"] });
    return () => {
      dark.removeEventListener("change", update);
      theme.disconnect();
    };
  }, []);
  return scheme;
}

function currentScheme(): string {
  const chosen = document.documentElement.dataset.theme;
  return chosen ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
}
