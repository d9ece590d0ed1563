/*
 * Draws named areas on a Leaflet map. The outlines come once by address; a repaint brings colours and words only.
 *
 *   areaMap.start(map, bounds, patterns)   once, when the map is built
 *   areaMap.paint(view)                    at every change; returns an empty layer, which the caller adds to the map
 *
 * `patterns` and `view` come as base64 of deflated JSON.
 *
 * A click, Enter or Space on an area sends {area, at} to the page; `at` tells two equal choices apart.
 */
(() => {
  "use strict";
  const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  /* Room above the map in pixels: on a narrow screen the buttons lie there in a row, as the style sheet has it. */
  const NARROW = window.matchMedia("(max-width: 600px)");
  const above = () => (NARROW.matches ? 46 : 8);
  const BELOW = 26;
  const loading = new Map();
  let map, box, country, rings, tip, view, drawn, frame;
  let shapes = new Map();
  let atHome = true;
  let paints = 0;

  function start(leafletMap, bounds, patterns) {
    map = leafletMap;
    box = map.getContainer();
    country = L.latLngBounds(bounds);
    box.setAttribute("role", "group");
    map.attributionControl.setPrefix(false);
    tip = L.tooltip({ className: "area-tip", opacity: 1, offset: [14, 0] });
    addCanvas(patterns);
    addButtons();
    fitFrame();
    goHome();
    listen();
  }

  function addCanvas(patterns) {
    map.options.renderer = L.svg({ padding: 0.5 }).addTo(map);
    const svg = map.getPane("overlayPane").querySelector("svg");
    const ring = (name) => `<g class="${name}"><path class="casing"/><path class="line"/></g>`;
    unpack(patterns).then((shapes) => svg.insertAdjacentHTML("afterbegin", `<defs>${shapes}</defs>`));
    svg.insertAdjacentHTML("beforeend", `<g class="rings">${["hovered", "selected", "focused"].map(ring).join("")}</g>`);
    rings = Object.fromEntries([...svg.querySelectorAll(".rings > g")].map((group) => [group.classList[0], { group }]));
  }

  function addButtons() {
    L.control.zoom({ position: "topright" }).addTo(map);
    const bar = box.querySelector(".leaflet-control-zoom");
    const home = L.DomUtil.create("a", "area-home", bar);
    home.href = "#";
    home.setAttribute("role", "button");
    home.innerHTML =
      '<svg viewBox="0 0 16 16" aria-hidden="true"><path d="M2 6V2h4M10 2h4v4M14 10v4h-4M6 14H2v-4"/></svg>';
    L.DomEvent.disableClickPropagation(bar);
    L.DomEvent.on(home, "click", (event) => {
      L.DomEvent.preventDefault(event);
      goHome();
    });
    // A button answers the space bar too; these are links that say they are buttons.
    L.DomEvent.on(bar, "keydown", (event) => {
      if (event.key !== " ") return;
      L.DomEvent.stop(event);
      event.target.click();
    });
  }

  function listen() {
    map.on("moveend zoomend viewreset", () => Object.keys(rings).forEach((name) => highlight(name, rings[name].layer)));
    map.on("zoomstart dragstart", () => (atHome = false));
    map.on("zoomend", holdStill);
    map.on("resize", () => atHome && goHome());
    box.addEventListener("wheel", onWheel, { capture: true, passive: true });
    box.addEventListener("focusin", onFocus);
    box.addEventListener("focusout", () => highlight("focused", null));
    box.addEventListener("keydown", onKey);
  }

  /* ---- size and position ---- */

  /* On a narrow screen the frame is only as high as the country is at that width. */
  function fitFrame() {
    const report = Streamlit.setFrameHeight;
    const [west, east] = [country.getSouthWest(), country.getNorthEast()].map((corner) => map.project(corner, 0));
    const slope = (west.y - east.y) / (east.x - west.x);
    let highest = box.clientHeight;
    const apply = () => {
      if (!box.clientWidth) return report(highest);
      const height = Math.min(highest, Math.round(box.clientWidth * slope) + above() + BELOW);
      box.style.height = `${height}px`;
      map.invalidateSize({ pan: false });
      report(height);
    };
    // streamlit-folium reports the height it was given after every repaint.
    Streamlit.setFrameHeight = (height) => {
      highest = height;
      apply();
    };
    window.addEventListener("resize", apply);
  }

  function goHome() {
    // A map in a folded part of the page has no size yet; it comes home when it gets one.
    if (!map.getSize().x) return;
    const shown = drawn && drawn.getBounds();
    const bounds = shown && shown.isValid() ? shown : country;
    map.setMaxBounds(null);
    map.setMinZoom(0);
    map.fitBounds(bounds, { animate: false, paddingTopLeft: [8, above()], paddingBottomRight: [8, BELOW] });
    map.setMinZoom(map.getZoom());
    map.setMaxBounds(map.getBounds().pad(0.1));
    atHome = true;
    holdStill();
  }

  /* With everything in sight there is nothing to drag, and a finger on the map scrolls the page. */
  function holdStill() {
    map.dragging[map.getZoom() > map.getMinZoom() ? "enable" : "disable"]();
  }

  /* The wheel scrolls the page, as everywhere; with Ctrl it zooms the map. */
  function onWheel(event) {
    map.scrollWheelZoom[event.ctrlKey ? "enable" : "disable"]();
  }

  /* ---- painting ---- */

  function paint(message) {
    const turn = ++paints;
    render(message, () => turn === paints).catch((fault) => {
      console.error(fault);
      if (turn === paints && view) tell(view.words.not_loaded);
    });
    return L.layerGroup();
  }

  /* Whatever arrives after a newer view has been asked for is dropped. */
  async function render(message, isLatest) {
    const next = await unpack(message);
    if (!isLatest()) return;
    view = next;
    dress();
    const [outlines, borders] = await Promise.all([load(next.outlines), next.frame && load(next.frame)]);
    if (isLatest()) show(outlines, borders);
  }

  function unpack(message) {
    const bytes = Uint8Array.from(atob(message), (sign) => sign.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
    return new Response(stream).json();
  }

  function load(url) {
    if (!loading.has(url)) {
      // The address holds a digest of the content: whatever the browser kept under it is the same.
      const answer = fetch(url, { cache: "force-cache" }).then((response) => {
        if (!response.ok) throw new Error(`${url}: ${response.status}`);
        return response.json();
      });
      answer.catch(() => loading.delete(url));
      loading.set(url, answer);
    }
    return loading.get(url);
  }

  function dress() {
    document.documentElement.lang = view.language;
    document.title = view.label;
    box.setAttribute("aria-label", view.label);
    if (window.frameElement) window.frameElement.title = view.label;
    box.querySelector(".leaflet-control-attribution").textContent = view.credit;
    name(".leaflet-control-zoom-in", view.words.zoom_in);
    name(".leaflet-control-zoom-out", view.words.zoom_out);
    name(".area-home", view.words.show_all);
  }

  function name(button, words) {
    box.querySelector(button).title = words;
    box.querySelector(button).setAttribute("aria-label", words);
  }

  function tell(words) {
    const note = box.querySelector(".area-note") || L.DomUtil.create("p", "area-note", box);
    note.setAttribute("role", "status");
    note.textContent = words;
  }

  function show(outlines, borders) {
    box.querySelector(".area-note")?.remove();
    const same = drawn?.source === outlines && shapes.size === view.areas.length;
    if (!same || view.areas.some(([area]) => !shapes.has(area))) draw(outlines, borders);
    arrange();
    for (const [area, fill, text] of view.areas) dye(shapes.get(area).getElement(), fill, text, area === view.selected);
    highlight("selected", shapes.get(view.selected));
    if (tip.layer) explain(tip.layer, tip.getLatLng());
  }

  function draw(outlines, borders) {
    const wanted = new Set(view.areas.map(([area]) => area));
    clear();
    drawn = L.geoJSON(outlines, {
      filter: (feature) => wanted.has(feature.properties.id),
      style: { className: "area", fillOpacity: 1, noClip: true, smoothFactor: 0.6 },
      onEachFeature: (feature, layer) => shapes.set(feature.properties.id, layer),
    });
    drawn.source = outlines;
    drawn.on("click", (event) => choose(event.layer.feature.properties.id));
    drawn.on("mouseover mousemove", (event) => point(event.layer, event.latlng));
    drawn.on("mouseout", () => point(null));
    drawn.addTo(map);
    for (const [area, layer] of shapes) {
      const path = layer.getElement();
      path.dataset.area = area;
      path.setAttribute("role", "button");
      path.setAttribute("tabindex", "0");
    }
    if (borders) frame = L.layerGroup(["casing", "line"].map((kind) => border(borders, kind))).addTo(map);
    goHome();
  }

  function border(borders, kind) {
    const style = { className: `border ${kind}`, fill: false, noClip: true, smoothFactor: 0.6 };
    return L.geoJSON(borders, { style, interactive: false });
  }

  function clear() {
    drawn?.remove();
    frame?.remove();
    shapes = new Map();
    Object.keys(rings).forEach((name) => highlight(name, null));
    hush();
  }

  /* The Tab key follows the order of the elements, so they stand in the order of the view. */
  function arrange() {
    const wanted = view.areas.map(([area]) => shapes.get(area).getElement());
    const parent = wanted[0]?.parentNode;
    if (!parent || wanted.every((path, place) => parent.children[place] === path)) return;
    const focused = document.activeElement;
    parent.prepend(...wanted);
    if (parent.contains(focused)) focused.focus({ preventScroll: true });
  }

  function dye(path, fill, text, pressed) {
    const number = typeof fill === "number";
    const [colour, edge] = number ? view.palette[fill] : [`url(#fill-${fill})`, ""];
    path.setAttribute("fill", colour);
    path.style.stroke = edge;
    path.dataset.fill = number ? `class:${fill}` : fill;
    path.setAttribute("aria-label", text);
    path.setAttribute("aria-pressed", pressed);
  }

  /* ---- choosing ---- */

  function choose(area) {
    Streamlit.setComponentValue({ area, at: Date.now() });
  }

  function onKey(event) {
    const area = event.target.dataset.area;
    if (!area || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === "Enter" || event.key === " ") choose(area);
    else if (event.key === "Escape") hush();
    else if (event.key in ARROWS) neighbour(area, ARROWS[event.key])?.getElement().focus();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /* The nearest area in the direction of the arrow; what lies aside counts double. */
  function neighbour(area, [right, down]) {
    const here = middle(shapes.get(area));
    let best = null;
    let least = Infinity;
    for (const layer of shapes.values()) {
      const way = middle(layer).subtract(here);
      const ahead = way.x * right + way.y * down;
      const aside = Math.abs(way.x * down) + Math.abs(way.y * right);
      if (ahead > 1 && ahead + 2 * aside < least) [best, least] = [layer, ahead + 2 * aside];
    }
    return best;
  }

  function middle(layer) {
    return map.latLngToLayerPoint(layer.getBounds().getCenter());
  }

  /* ---- pointing ---- */

  function onFocus(event) {
    const layer = shapes.get(event.target.dataset.area);
    if (!layer || !event.target.matches(":focus-visible")) return;
    const centre = layer.getBounds().getCenter();
    if (!map.getBounds().contains(centre)) map.panTo(centre, { animate: false });
    highlight("focused", layer);
    explain(layer, centre);
  }

  function point(layer, where) {
    if (layer && layer === rings.hovered.layer && layer === tip.layer) {
      tip.setLatLng(where);
      return;
    }
    highlight("hovered", layer);
    if (layer) explain(layer, where);
    else hush();
  }

  function explain(layer, where) {
    const words = document.createElement("div");
    words.textContent = layer.getElement().getAttribute("aria-label");
    tip.layer = layer;
    tip.setLatLng(where).setContent(words).addTo(map);
  }

  function hush() {
    tip.layer = null;
    tip.remove();
  }

  function highlight(name, layer) {
    const line = layer ? layer.getElement().getAttribute("d") : "M0 0";
    rings[name].layer = layer;
    for (const path of rings[name].group.children) path.setAttribute("d", line);
  }

  window.areaMap = { start, paint };
})();
