/*
 * What the map and its insets are both made of: messages, outlines on a plane, and drawings with rings.
 *
 * The plane is the whole world on a square of 256: x to the right, y down.
 */
window.areaShapes = (() => {
  "use strict";
  const WORLD = L.CRS.EPSG3857;
  const RINGS = ["hovered", "selected", "focused"];
  /* Parts of an outline's width at which a dot may stand, the best first; dots that far apart leave each other alone. */
  const STRETCH = [0.75, 0.5, 0.25];
  const ROOM = 1.2;
  const loading = new Map();

  /* ---- what arrives ---- */

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

  /* ---- the plane ---- */

  const toPlane = (place) => WORLD.latLngToPoint(L.latLng(place), 0);
  const fromPlane = (point) => WORLD.pointToLatLng(point, 0);

  /* All rings of an outline; which of them are holes follows from evenodd filling. */
  function ringsOf(feature) {
    const { type, coordinates } = feature.geometry;
    const polygons = type === "Polygon" ? [coordinates] : coordinates;
    return polygons.flat().map((ring) => ring.map(([east, north]) => toPlane([north, east])));
  }

  /*
   * A place inside an outline for each of its dots, on its widest stretch from west to east. East of the middle is
   * best, since the west stays free for the outline's own pointer; a dot of a neighbour near by moves it along.
   */
  function dotPlaces(rings, count, taken) {
    const { west, east, y } = widest(rings);
    const choices = STRETCH.map((share) => L.point(west + (east - west) * share, y));
    const found = [];
    const room = (point) => Math.min(ROOM, ...[...taken, ...found].map((other) => point.distanceTo(other)));
    for (let place = 0; place < count; place++) {
      found.push(choices.reduce((best, point) => (room(point) > room(best) ? point : best)));
    }
    return found;
  }

  function widest(rings) {
    const { min, max } = L.bounds(rings.flat());
    let best = { west: min.x, east: min.x, y: min.y };
    for (let step = 1; step < 12; step++) {
      const y = min.y + ((max.y - min.y) * step) / 12;
      const crossings = crossingsAt(rings, y);
      for (let place = 0; place + 1 < crossings.length; place += 2) {
        const [west, east] = crossings.slice(place, place + 2);
        if (east - west > best.east - best.west) best = { west, east, y };
      }
    }
    return best;
  }

  function crossingsAt(rings, y) {
    const found = [];
    for (const ring of rings) {
      for (let place = 1; place < ring.length; place++) {
        const [from, to] = [ring[place - 1], ring[place]];
        if (from.y > y !== to.y > y) found.push(from.x + ((y - from.y) / (to.y - from.y)) * (to.x - from.x));
      }
    }
    return found.sort((one, other) => one - other);
  }

  /* ---- drawings ---- */

  function element(name, attributes, parent) {
    const made = L.SVG.create(name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    parent.append(made);
    return made;
  }

  /* An svg with a path for each area, and over them the rings that mark one area each. */
  class Drawing {
    constructor(svg) {
      this.svg = svg;
      // No picture to a screen reader, or the buttons in it were a part of the picture.
      svg.setAttribute("role", "presentation");
      this.paths = new Map();
      const group = element("g", { class: "rings" }, svg);
      this.rings = Object.fromEntries(RINGS.map((name) => [name, element("g", { class: name }, group)]));
      for (const ring of Object.values(this.rings)) {
        element("path", { class: "casing" }, ring);
        element("path", { class: "line" }, ring);
      }
    }

    mark(name, area) {
      const line = this.paths.get(area)?.getAttribute("d") ?? "M0 0";
      for (const path of this.rings[name].children) path.setAttribute("d", line);
    }
  }

  /* Whether an area can be met by keyboard and screen reader here, or is only to be seen and pointed at. */
  function setStop(path, isStop) {
    if (isStop) {
      path.setAttribute("role", "button");
      path.setAttribute("tabindex", "0");
      path.removeAttribute("aria-hidden");
    } else {
      path.removeAttribute("role");
      path.removeAttribute("tabindex");
      path.setAttribute("aria-hidden", "true");
    }
  }

  return { RINGS, Drawing, dotPlaces, element, fromPlane, load, ringsOf, setStop, toPlane, unpack };
})();
