"use strict";
(async () => {
  const $ = (id) => document.getElementById(id);
  const head = JSON.parse($("head").textContent);
  const unpack = async (id) => {
    const text = atob($(id).textContent);
    const bytes = new Uint8Array(text.length);
    for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
    $(id).remove();
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
    return new Response(stream).arrayBuffer();
  };
  const n = head.tracks;
  const data = await unpack("data");
  const texts = JSON.parse(new TextDecoder().decode(await unpack("texts")));
  const X = new Uint16Array(data, 0, n);
  const Y = new Uint16Array(data, 2 * n, n);
  const K = head.neighbours;
  const near = new Uint32Array(data.slice(4 * n, 4 * n + 4 * n * K));
  let at = 4 * n + 4 * n * K;
  const columns = head.columns.map((column) => {
    const size = (n * column.bits) / 8;
    const piece = data.slice(at, at + size);
    at += size;
    return { ...column, values: column.bits === 8 ? new Uint8Array(piece) : new Uint16Array(piece) };
  });
  const missing = (column) => (column.bits === 8 ? 255 : 65535);
  const number = (column, i) => column.low + ((column.high - column.low) * column.values[i]) / (missing(column) - 1);
  const format = (column, value) => {
    const size = Math.abs(value);
    const text = column.whole || size >= 100 ? value.toFixed(0) : size >= 10 ? value.toFixed(1) : value.toPrecision(2);
    return `${Number(text)}${column.unit ? `\u00a0${column.unit}` : ""}`;
  };
  const element = (name, text, parent) => {
    const made = document.createElement(name);
    if (text !== undefined) made.textContent = text;
    if (parent) parent.append(made);
    return made;
  };

  // The map is 1 wide and high; the view is its middle and how many pixels 1 is.
  const stage = $("stage");
  const marks = $("marks");
  const pen = marks.getContext("2d");
  const view = { x: 0.5, y: 0.5, scale: 1 };
  let whole = 1;
  let width = 0;
  let height = 0;
  let ratio = 1;
  let wide = 1;
  let high = 1;
  for (let i = 0, right = 0, low = 0; i < n; i++) {
    right = Math.max(right, X[i]);
    low = Math.max(low, Y[i]);
    wide = right / 65535 || 1;
    high = low / 65535 || 1;
  }
  const toX = (x) => (x / 65535 - view.x) * view.scale + width / 2;
  const toY = (y) => (y / 65535 - view.y) * view.scale + height / 2;

  let colour = head.first;
  let only = -1; // the one class that is shown
  let hits = null; // of the search: a byte for each track
  let hover = -1;
  let chosen = -1;
  const colours = new Uint8Array(4 * n);
  const order = new Uint32Array(n);
  const COMMON = 12;

  const theme = () => {
    const style = getComputedStyle(document.documentElement);
    const read = (name) => {
      const hex = style.getPropertyValue(name).trim();
      return [1, 3, 5].map((i) => parseInt(hex.substr(i, 2), 16));
    };
    return {
      classes: Array.from({ length: COMMON }, (_, i) => read(`--c${i}`)),
      other: read("--other"), ink: read("--ink"), paper: read("--paper"), link: read("--link"),
      ramp: Array.from({ length: 256 }, (_, i) => {
        const place = (i / 255) * 4;
        const first = Math.min(3, Math.floor(place));
        const [a, b] = [read(`--h${first}`), read(`--h${first + 1}`)];
        return a.map((channel, c) => Math.round(channel + (b[c] - channel) * (place - first)));
      }),
    };
  };
  let tones = theme();
  const css = ([r, g, b], alpha = 1) => `rgb(${r} ${g} ${b} / ${alpha})`;

  // Colours of all tracks, and the order to draw them in: what matters comes on top.
  const paint = () => {
    const column = columns[colour];
    const none = missing(column);
    const layer = new Uint8Array(n);
    const span = column.strong - column.pale || 1;
    for (let i = 0; i < n; i++) {
      const value = column.values[i];
      let tone = tones.other;
      let here = 1;
      if (column.classes) {
        if (value < COMMON && value !== none) [tone, here] = [tones.classes[value], 2];
        if (only >= 0 && !(only === COMMON ? value >= COMMON && value !== none : value === only)) here = 0;
      } else if (value !== none) {
        const share = (number(column, i) - column.pale) / span;
        [tone, here] = [tones.ramp[Math.round(255 * Math.min(1, Math.max(0, share)))], 2];
      }
      if (hits) here = hits[i] ? 3 : 0;
      layer[i] = here;
      colours.set(tone, 4 * i);
      colours[4 * i + 3] = here ? 255 : 38;
    }
    const starts = new Uint32Array(5);
    for (let i = 0; i < n; i++) starts[layer[i] + 1]++;
    for (let i = 1; i < 5; i++) starts[i] += starts[i - 1];
    for (let i = 0; i < n; i++) order[starts[layer[i]]++] = i;
    drawing.upload();
    draw();
  };
  const radius = () => Math.min(14, Math.max(1.1, 26 / (n + 1) ** 0.32) * (view.scale / whole) ** 0.45 * Math.min(1.3, Math.max(0.7, whole / 700)));

  const withGL = (gl) => {
    const program = gl.createProgram();
    const shader = (kind, source) => {
      const made = gl.createShader(kind);
      gl.shaderSource(made, source);
      gl.compileShader(made);
      gl.attachShader(program, made);
    };
    shader(gl.VERTEX_SHADER, `#version 300 es
      in vec2 place; in vec4 tone; uniform vec2 shift; uniform vec2 stretch; uniform float size;
      out vec4 shade;
      void main() {
        gl_Position = vec4((place - shift) * stretch, 0.0, 1.0);
        gl_PointSize = size; shade = tone;
      }`);
    shader(gl.FRAGMENT_SHADER, `#version 300 es
      precision highp float;
      in vec4 shade; uniform float size; out vec4 pixel;
      void main() {
        float far = length(gl_PointCoord - 0.5) * size;
        float inside = clamp(size * 0.5 - far, 0.0, 1.0);
        if (inside <= 0.0) discard;
        float cover = shade.a * inside * 0.92;
        pixel = vec4(shade.rgb * cover, cover);
      }`);
    gl.linkProgram(program);
    if (!gl.getProgramParameter(program, gl.LINK_STATUS)) return null;
    gl.useProgram(program);
    const places = new Uint16Array(2 * n);
    for (let i = 0; i < n; i++) [places[2 * i], places[2 * i + 1]] = [X[i], Y[i]];
    const fill = (name, values, size, type) => {
      const buffer = gl.createBuffer();
      gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
      gl.bufferData(gl.ARRAY_BUFFER, values, gl.DYNAMIC_DRAW);
      const place = gl.getAttribLocation(program, name);
      gl.enableVertexAttribArray(place);
      gl.vertexAttribPointer(place, size, type, true, 0, 0);
      return buffer;
    };
    fill("place", places, 2, gl.UNSIGNED_SHORT);
    const tone = fill("tone", colours, 4, gl.UNSIGNED_BYTE);
    const indices = gl.createBuffer();
    gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, indices);
    const [shift, stretch, size] = ["shift", "stretch", "size"].map((name) => gl.getUniformLocation(program, name));
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
    return {
      name: "webgl",
      upload: () => {
        gl.bindBuffer(gl.ARRAY_BUFFER, tone);
        gl.bufferData(gl.ARRAY_BUFFER, colours, gl.DYNAMIC_DRAW);
        gl.bufferData(gl.ELEMENT_ARRAY_BUFFER, order, gl.DYNAMIC_DRAW);
      },
      draw: () => {
        gl.viewport(0, 0, gl.drawingBufferWidth, gl.drawingBufferHeight);
        gl.clearColor(0, 0, 0, 0);
        gl.clear(gl.COLOR_BUFFER_BIT);
        gl.uniform2f(shift, view.x, view.y);
        gl.uniform2f(stretch, (2 * view.scale) / width, (-2 * view.scale) / height);
        gl.uniform1f(size, Math.max(1.5, 2 * radius() * ratio));
        gl.drawElements(gl.POINTS, n, gl.UNSIGNED_INT, 0);
      },
      finish: () => gl.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, new Uint8Array(4)),
    };
  };
  // Without a graphics processor small squares are faster than WebGL computed in software.
  const withoutGL = (brush) => {
    const tints = new Uint32Array(colours.buffer);
    let image = null;
    let pixels;
    return {
      name: "canvas",
      upload: () => {},
      draw: () => {
        const [w, h] = [brush.canvas.width, brush.canvas.height];
        if (!image || image.width !== w || image.height !== h) {
          image = brush.createImageData(w, h);
          pixels = new Uint32Array(image.data.buffer);
        }
        pixels.fill(0);
        const side = Math.max(1, Math.round(1.8 * radius() * ratio));
        const stretch = (view.scale * ratio) / 65535;
        const left = (width / 2 - view.x * view.scale) * ratio - side / 2 + 0.5;
        const top = (height / 2 - view.y * view.scale) * ratio - side / 2 + 0.5;
        for (let k = 0; k < n; k++) {
          const i = order[k];
          const x = (X[i] * stretch + left) | 0;
          const y = (Y[i] * stretch + top) | 0;
          if (x < 0 || y < 0 || x + side > w || y + side > h) continue;
          const tint = tints[i];
          for (let start = y * w + x, row = 0; row < side; row++, start += w)
            for (let at = start; at < start + side; at++) pixels[at] = tint;
        }
        brush.putImageData(image, 0, 0);
      },
      finish: () => {},
    };
  };
  let drawing;
  const begin = () => {
    const gl = $("points").getContext("webgl2", { antialias: false });
    const anyhow = location.hash === "#webgl"; // for tests on machines without a graphics processor
    const renderer = gl?.getExtension("WEBGL_debug_renderer_info");
    const name = renderer ? gl.getParameter(renderer.UNMASKED_RENDERER_WEBGL) : "";
    drawing = gl && (anyhow || !/swiftshader|llvmpipe|software|basic render/i.test(name)) && withGL(gl);
    if (drawing) return;
    if (gl) $("points").replaceWith(Object.assign(document.createElement("canvas"), { id: "points" }));
    drawing = withoutGL($("points").getContext("2d"));
  };
  begin();
  $("points").addEventListener("webglcontextlost", (event) => event.preventDefault());
  $("points").addEventListener("webglcontextrestored", () => { begin(); paint(); });

  // Names of clusters, at the middle of each.
  const labels = (() => {
    const column = columns[head.labels];
    const members = column.classes.map(() => []);
    for (let i = 0; i < n; i++) if (column.values[i] < members.length) members[column.values[i]].push(i);
    const median = (list, axis) => list.map((i) => axis[i]).sort((a, b) => a - b)[list.length >> 1];
    return members
      .map((list, i) => ({ text: column.classes[i], x: median(list, X), y: median(list, Y), size: list.length }))
      .filter((label) => label.size);
  })();

  const markUp = () => {
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.clearRect(0, 0, width, height);
    const r = radius();
    const ring = (i, tone, extra, line) => {
      pen.beginPath();
      pen.arc(toX(X[i]), toY(Y[i]), r + extra, 0, 7);
      pen.strokeStyle = css(tone);
      pen.lineWidth = line;
      pen.stroke();
    };
    if (chosen >= 0) {
      pen.strokeStyle = css(tones.ink, 0.5);
      pen.lineWidth = 1;
      for (const j of alike(chosen)) {
        pen.beginPath();
        pen.moveTo(toX(X[chosen]), toY(Y[chosen]));
        pen.lineTo(toX(X[j]), toY(Y[j]));
        pen.stroke();
      }
      for (const j of alike(chosen)) ring(j, tones.ink, 1.5, 1.5);
    }
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    pen.lineJoin = "round";
    const family = getComputedStyle(document.body).fontFamily;
    const taken = [];
    for (const label of labels) {
      const size = Math.round(Math.min(16, 10.5 + 10 * Math.sqrt(label.size / n)));
      pen.font = `600 ${size}px ${family}`;
      const half = pen.measureText(label.text).width / 2;
      let [x, y] = [toX(label.x), toY(label.y)];
      // A name at the edge stays whole as long as its middle is in sight.
      if (x > 0 && x < width) x = Math.max(half + 6, Math.min(width - half - 6, x));
      if (y > 0 && y < height) y = Math.max(size, Math.min(height - size, y));
      const box = [x - half - 4, y - size * 0.7, x + half + 4, y + size * 0.7];
      if (box[2] < 0 || box[0] > width || box[3] < 0 || box[1] > height) continue;
      if (taken.some((b) => b[0] < box[2] && box[0] < b[2] && b[1] < box[3] && box[1] < b[3])) continue;
      taken.push(box);
      pen.strokeStyle = css(tones.paper, 0.9);
      pen.lineWidth = 4;
      pen.strokeText(label.text, x, y);
      pen.fillStyle = css(tones.ink);
      pen.fillText(label.text, x, y);
    }
    if (hover >= 0) ring(hover, tones.ink, 2, 2);
    if (chosen >= 0) {
      ring(chosen, tones.paper, 4, 5);
      ring(chosen, tones.link, 4, 3);
    }
  };
  let asked = 0;
  const draw = () => {
    asked ||= requestAnimationFrame(() => {
      asked = 0;
      drawing.draw();
      markUp();
    });
  };

  const keepInside = () => {
    view.scale = Math.min(whole * 400, Math.max(whole * 0.6, view.scale));
    view.x = Math.min(wide, Math.max(0, view.x));
    view.y = Math.min(high, Math.max(0, view.y));
  };
  const zoomAt = (x, y, factor) => {
    const before = view.scale;
    view.scale = Math.min(whole * 400, Math.max(whole * 0.6, view.scale * factor));
    const gain = 1 / before - 1 / view.scale;
    view.x += (x - width / 2) * gain;
    view.y += (y - height / 2) * gain;
    keepInside();
    draw();
  };
  const showWhole = () => {
    Object.assign(view, { x: wide / 2, y: high / 2, scale: whole });
    draw();
  };
  const resize = () => {
    const first = !width;
    const box = stage.getBoundingClientRect();
    const zoomed = view.scale / whole;
    [width, height, ratio] = [Math.max(1, box.width), Math.max(1, box.height), Math.min(2, devicePixelRatio || 1)];
    for (const canvas of [$("points"), marks]) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
    }
    whole = 0.92 * Math.min(width / wide, height / high);
    view.scale = whole * zoomed;
    if (first) showWhole();
    draw();
  };

  // A grid finds the track at a place without looking at all of them.
  const CELLS = Math.max(1, Math.min(256, Math.ceil(Math.sqrt(n / 4))));
  const cellOf = (i) => Math.min(CELLS - 1, (X[i] * CELLS) >> 16) + CELLS * Math.min(CELLS - 1, (Y[i] * CELLS) >> 16);
  const cellStarts = new Uint32Array(CELLS * CELLS + 1);
  const cellMembers = new Uint32Array(n);
  for (let i = 0; i < n; i++) cellStarts[cellOf(i) + 1]++;
  for (let i = 1; i < cellStarts.length; i++) cellStarts[i] += cellStarts[i - 1];
  const filled = cellStarts.slice();
  for (let i = 0; i < n; i++) cellMembers[filled[cellOf(i)]++] = i;
  const pick = (px, py, reach) => {
    const [x, y] = [((px - width / 2) / view.scale + view.x) * 65535, ((py - height / 2) / view.scale + view.y) * 65535];
    const far = (reach / view.scale) * 65535;
    const clamp = (value) => Math.min(CELLS - 1, Math.max(0, Math.floor((value * CELLS) / 65536)));
    let [best, least] = [-1, far * far];
    for (let row = clamp(y - far); row <= clamp(y + far); row++)
      for (let cell = row * CELLS + clamp(x - far); cell <= row * CELLS + clamp(x + far); cell++)
        for (let k = cellStarts[cell]; k < cellStarts[cell + 1]; k++) {
          const i = cellMembers[k];
          if (colours[4 * i + 3] < 255) continue;
          const d = (X[i] - x) ** 2 + (Y[i] - y) ** 2;
          if (d <= least) [best, least] = [i, d];
        }
    return best;
  };

  const alike = (i) => Array.from(near.subarray(i * K, i * K + K)).filter((j) => j !== i);
  const nameOf = (i) => (texts.artists[i] ? `${texts.titles[i]}, ${texts.artists[i]}` : texts.titles[i]);
  const trackButton = (i, parent) => {
    const button = element("button", undefined, element("li", undefined, parent));
    button.type = "button";
    button.append(element("bdi", texts.titles[i]));
    if (texts.artists[i]) element("small", texts.artists[i], button);
    button.addEventListener("click", () => choose(i, { play: true, show: true }));
    return button;
  };
  const player = $("player");
  const cannotPlay = (why) => {
    player.hidden = true;
    $("silent").hidden = false;
    $("silent").textContent = why;
  };
  player.addEventListener("error", () => {
    if (player.getAttribute("src")) cannotPlay("This file is not found from here, or this browser does not play it.");
  });
  const play = () => {
    if (player.hidden) return;
    // What goes wrong is told by the player's error.
    if (player.paused) player.play().catch(() => {});
    else player.pause();
  };
  const choose = (i, { play: aloud = false, show = false } = {}) => {
    chosen = i;
    $("track").hidden = false;
    $("title").textContent = texts.titles[i];
    $("artist").textContent = texts.artists[i];
    $("status").textContent = nameOf(i);
    const facts = $("facts");
    facts.replaceChildren();
    for (const column of columns) {
      if (column.name === "artist" || !["file", "found", "measured"].includes(column.group)) continue;
      if (column.values[i] === missing(column)) continue;
      element("dt", column.name, facts);
      element("dd", column.classes ? column.classes[column.values[i]] : format(column, number(column, i)), facts);
    }
    if (columns[colour].group === "tags" || columns[colour].group === "descriptors") {
      element("dt", columns[colour].name, facts);
      element("dd", format(columns[colour], number(columns[colour], i)), facts);
    }
    $("neighbours").replaceChildren();
    for (const j of alike(i)) trackButton(j, $("neighbours"));
    player.pause();
    player.hidden = false;
    $("silent").hidden = true;
    if (texts.files[i]) {
      player.src = texts.files[i];
      if (aloud) play();
    } else {
      player.removeAttribute("src");
      cannotPlay("This track is not on this machine.");
    }
    if (show) {
      const [x, y] = [toX(X[i]), toY(Y[i])];
      if (x < 30 || y < 30 || x > width - 30 || y > height - 30) {
        [view.x, view.y] = [X[i] / 65535, Y[i] / 65535];
        keepInside();
      }
    }
    draw();
  };

  const tip = $("tip");
  const point = (i, x, y) => {
    marks.classList.toggle("pointing", i >= 0);
    tip.hidden = i < 0;
    if (i >= 0) {
      if (i !== hover) {
        tip.replaceChildren(element("bdi", texts.titles[i]));
        if (texts.artists[i]) element("small", texts.artists[i], tip);
      }
      const left = Math.max(4, Math.min(x + 14, width - tip.offsetWidth - 4));
      const top = y + 18 + tip.offsetHeight > height ? y - tip.offsetHeight - 12 : y + 18;
      tip.style.transform = `translate(${left}px, ${top}px)`;
    }
    if (i !== hover) {
      hover = i;
      draw();
    }
  };

  // Fingers and the mouse.
  const held = new Map();
  let moved = 0;
  const spot = (event) => {
    const box = marks.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  marks.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    marks.setPointerCapture(event.pointerId);
    held.set(event.pointerId, spot(event));
    if (held.size === 1) moved = 0;
  });
  marks.addEventListener("pointermove", (event) => {
    const [x, y] = spot(event);
    if (!held.has(event.pointerId)) {
      if (!held.size) point(pick(x, y, radius() + 5), x, y);
      return;
    }
    const before = held.get(event.pointerId);
    const others = [...held].filter(([id]) => id !== event.pointerId).map(([, place]) => place);
    const steps = held.size;
    moved += Math.hypot(x - before[0], y - before[1]);
    held.set(event.pointerId, [x, y]);
    if (others.length === 1) {
      const [ox, oy] = others[0];
      const was = Math.hypot(before[0] - ox, before[1] - oy);
      const is = Math.hypot(x - ox, y - oy);
      if (was > 5 && is > 5) zoomAt((x + ox) / 2, (y + oy) / 2, is / was);
    }
    view.x -= (x - before[0]) / view.scale / steps;
    view.y -= (y - before[1]) / view.scale / steps;
    keepInside();
    if (moved > 4) {
      marks.classList.add("moving");
      point(-1);
    }
    draw();
  });
  const release = (event) => {
    const [x, y] = spot(event);
    const known = held.delete(event.pointerId);
    marks.classList.remove("moving");
    if (!known || held.size || event.type === "pointercancel" || moved > 6) return;
    const i = pick(x, y, radius() + (event.pointerType === "touch" ? 16 : 5));
    if (i >= 0) choose(i, { play: true });
    moved = 100;
  };
  marks.addEventListener("pointerup", release);
  marks.addEventListener("pointercancel", release);
  marks.addEventListener("pointerleave", () => point(-1));
  marks.addEventListener("wheel", (event) => {
    event.preventDefault();
    const lines = event.deltaMode === 1 ? 16 : event.deltaMode === 2 ? 400 : 1;
    const speed = event.ctrlKey ? 0.01 : 0.0018;
    zoomAt(...spot(event), Math.exp(-Math.max(-300, Math.min(300, event.deltaY * lines)) * speed));
  }, { passive: false });
  marks.addEventListener("dblclick", (event) => {
    if (pick(...spot(event), radius() + 5) < 0) zoomAt(...spot(event), 2);
  });

  // The keyboard: arrows go to the nearest track in their direction.
  const walk = (dx, dy) => {
    if (chosen < 0) {
      let [best, least] = [-1, Infinity];
      for (let i = 0; i < n; i++) {
        const d = (X[i] / 65535 - view.x) ** 2 + (Y[i] / 65535 - view.y) ** 2;
        if (colours[4 * i + 3] === 255 && d < least) [best, least] = [i, d];
      }
      if (best >= 0) choose(best, { show: true });
      return;
    }
    let [best, least] = [-1, Infinity];
    for (let i = 0; i < n; i++) {
      if (i === chosen || colours[4 * i + 3] < 255) continue;
      const [x, y] = [X[i] - X[chosen], Y[i] - Y[chosen]];
      const ahead = x * dx + y * dy;
      const aside = Math.abs(x * dy) + Math.abs(y * dx);
      if (ahead <= 0 || aside > ahead) continue;
      const d = ahead + 2 * aside;
      if (d < least) [best, least] = [i, d];
    }
    if (best >= 0) choose(best, { show: true });
  };
  const middle = (factor) => zoomAt(width / 2, height / 2, factor);
  const keys = {
    ArrowLeft: () => walk(-1, 0), ArrowRight: () => walk(1, 0), ArrowUp: () => walk(0, -1), ArrowDown: () => walk(0, 1),
    Enter: play, " ": play, "+": () => middle(1.5), "=": () => middle(1.5), "-": () => middle(1 / 1.5), 0: showWhole,
    Escape: () => { chosen = -1; player.pause(); $("track").hidden = true; draw(); },
  };
  marks.addEventListener("keydown", (event) => {
    if (!(event.key in keys) || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    keys[event.key]();
  });
  $("closer").addEventListener("click", () => middle(1.6));
  $("farther").addEventListener("click", () => middle(1 / 1.6));
  $("whole").addEventListener("click", showWhole);

  // The search looks for all its words in titles and artists, whatever their case and accents.
  const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  let haystack = null;
  let found = [];
  let last = "";
  const search = () => {
    const text = $("search").value.trim();
    if (text === last) return;
    last = text;
    haystack ??= texts.titles.map((title, i) => plain(`${title} ${texts.artists[i]}`));
    const words = plain(text).split(/\s+/).filter(Boolean);
    found = [];
    hits = words.length ? new Uint8Array(n) : null;
    for (let i = 0; words.length && i < n; i++)
      if (words.every((word) => haystack[i].includes(word))) {
        hits[i] = 1;
        found.push(i);
      }
    $("found").hidden = !words.length;
    const count = `${found.length.toLocaleString("en")} ${found.length === 1 ? "track" : "tracks"} found`;
    $("found-count").textContent = count;
    $("status").textContent = words.length ? count : "";
    $("found-list").replaceChildren();
    for (const i of found.slice(0, 100)) trackButton(i, $("found-list"));
    paint();
  };
  let waiting = 0;
  $("search").addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(search, n > 20000 ? 150 : 30);
  });
  $("search").addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    clearTimeout(waiting);
    search();
    if (found.length) choose(found[0], { play: true, show: true });
  });

  // Colours and their legend.
  const legend = () => {
    const column = columns[colour];
    $("legend-name").textContent = column.name;
    $("classes").replaceChildren();
    $("scale").hidden = Boolean(column.classes);
    if (!column.classes) {
      $("low").textContent = format(column, column.pale);
      $("high").textContent = format(column, column.strong);
      return;
    }
    const counts = new Map();
    let others = 0;
    let none = 0;
    for (const value of column.values)
      if (value === missing(column)) none++;
      else if (value >= COMMON) others++;
      else counts.set(value, (counts.get(value) || 0) + 1);
    const entry = (value, text, count, tone) => {
      if (!count) return;
      const button = element("button", undefined, element("li", undefined, $("classes")));
      button.type = "button";
      button.setAttribute("aria-pressed", only === value);
      element("i", undefined, button).style.background = css(tone);
      button.append(element("bdi", text));
      element("small", count.toLocaleString("en"), button);
      button.addEventListener("click", () => {
        only = only === value ? -1 : value;
        for (const other of $("classes").querySelectorAll("button")) other.setAttribute("aria-pressed", other === button && only >= 0);
        paint();
      });
    };
    column.classes.slice(0, COMMON).forEach((text, value) => entry(value, text, counts.get(value), tones.classes[value]));
    entry(COMMON, `${column.classes.length - COMMON} others`, others, tones.other);
    entry(missing(column), "none", none, tones.other);
  };
  const groups = { file: "file tags", found: "clusters", measured: "measured", tags: "heard by the networks", descriptors: "descriptors" };
  for (const [group, name] of Object.entries(groups)) {
    const members = columns.map((column, i) => [column, i]).filter(([column]) => column.group === group);
    if (!members.length) continue;
    const box = element("optgroup", undefined, $("colour"));
    box.label = name;
    for (const [column, i] of members) element("option", column.name, box).value = i;
  }
  const recolour = () => {
    only = -1;
    colour = Number($("colour").value);
    legend();
    paint();
  };
  $("colour").value = colour;
  $("colour").addEventListener("change", recolour);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    tones = theme();
    legend();
    paint();
  });
  new ResizeObserver(resize).observe(stage);
  resize();
  recolour();
  document.documentElement.dataset.drawn = drawing.name;
  // For whoever measures: how long a frame takes until it is drawn.
  window.frameTime = (count = 30) => {
    const start = performance.now();
    for (let i = 0; i < count; i++) {
      view.scale = whole * (1 + i / count);
      drawing.draw();
      markUp();
      drawing.finish();
    }
    showWhole();
    return (performance.now() - start) / count;
  };
})();
