/*
 * Small maps of their own for areas that are too small on the big one.
 *
 *   areaInsets.build(insets, marks, outlines)   an element and the drawings in it
 *   areaInsets.place(built, size, country, foot)   puts them into the empty places around the country
 */
window.areaInsets = (() => {
  "use strict";
  const { Drawing, dotPlaces, element, ringsOf, setStop } = window.areaShapes;
  /* Empty places in parts of the country's width: over its north-west, off its south-east corner, in its south. */
  const SLOTS = [
    { left: 0.1, top: -0.005, width: 0.13, height: 0.147 },
    { left: 0.87, top: 0.402, width: 0.13, height: 0.147 },
    { left: 0.24, top: 0.43, width: 0.105, height: 0.124 },
  ];
  /* Where there is no room beside the country the insets stand in a row under it. */
  const ROW = window.matchMedia("(max-width: 720px)");
  const ROW_HEIGHT = 128;
  const GAP = 6;
  /* Units of a drawing along its longer side. */
  const SIDE = 100;

  function build(insets, within, outlines) {
    const features = new Map(outlines.features.map((feature) => [feature.properties.id, feature]));
    const host = document.createElement("div");
    host.className = "area-insets";
    const drawings = insets.map(([area, name, members]) => {
      const svg = frame(host, area, name);
      return draw(svg, members.map((member) => [member, ringsOf(features.get(member)), within.get(member)]));
    });
    return { host, drawings };
  }

  function frame(host, area, name) {
    const inset = L.DomUtil.create("div", "area-inset", host);
    inset.setAttribute("role", "group");
    const title = L.DomUtil.create("button", "", inset);
    title.type = "button";
    title.dataset.area = area;
    rename(inset, name);
    return element("svg", {}, inset);
  }

  function rename(inset, name) {
    inset.setAttribute("aria-label", name);
    inset.firstChild.textContent = name;
  }

  function draw(svg, members) {
    const { min, max } = L.bounds(members.flatMap(([, rings]) => rings.flat()));
    const scale = SIDE / Math.max(max.x - min.x, max.y - min.y);
    const spot = ({ x, y }) => L.point((x - min.x) * scale, (y - min.y) * scale);
    const far = spot(max);
    svg.setAttribute("viewBox", `-3 -3 ${(far.x + 6).toFixed(1)} ${(far.y + 6).toFixed(1)}`);
    const paths = members.map(([area, rings]) => [area, outline(svg, area, rings, spot)]);
    const dots = members.flatMap(([, rings, children]) => {
      const places = dotPlaces(rings, children.length, []);
      return children.map((child, place) => [child, dot(svg, child, spot(places[place]))]);
    });
    const drawing = new Drawing(svg);
    drawing.paths = new Map([...paths, ...dots]);
    drawing.paths.forEach((path) => setStop(path, true));
    return drawing;
  }

  function outline(svg, area, rings, spot) {
    const line = (ring) => `M${ring.map((point) => spot(point)).map(({ x, y }) => `${x.toFixed(1)} ${y.toFixed(1)}`).join("L")}z`;
    return element("path", { class: "area", "fill-rule": "evenodd", "data-area": area, d: rings.map(line).join("") }, svg);
  }

  function dot(svg, area, middle) {
    element("path", { class: "dot-room", "data-area": area, d: disc(middle, 14) }, svg);
    return element("path", { class: "dot", "data-area": area, d: disc(middle, 6) }, svg);
  }

  function disc({ x, y }, radius) {
    return `M${x - radius} ${y}a${radius} ${radius} 0 1 0 ${2 * radius} 0a${radius} ${radius} 0 1 0 ${-2 * radius} 0z`;
  }

  /* In percent of the map, so that they keep their places on paper. */
  function place({ host }, size, country, foot) {
    const insets = [...host.children];
    insets.forEach((inset, number) => {
      const slot = ROW.matches ? inRow(number, insets.length, size, foot) : beside(country, SLOTS[number]);
      inset.style.left = `${(100 * slot.left) / size.x}%`;
      inset.style.width = `${(100 * slot.width) / size.x}%`;
      inset.style.top = `${(100 * slot.top) / size.y}%`;
      inset.style.height = `${(100 * slot.height) / size.y}%`;
    });
  }

  function inRow(number, count, size, foot) {
    const step = (size.x - GAP) / count;
    return {
      left: GAP + number * step,
      width: step - GAP,
      top: size.y - foot - ROW_HEIGHT + GAP,
      height: ROW_HEIGHT - 2 * GAP,
    };
  }

  function beside(country, { left, top, width, height }) {
    const wide = country.max.x - country.min.x;
    const { x, y } = country.min;
    return { left: x + left * wide, width: width * wide, top: y + top * wide, height: height * wide };
  }

  const rowHeight = () => (ROW.matches ? ROW_HEIGHT : 0);

  return { build, place, rename, rowHeight };
})();
