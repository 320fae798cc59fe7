// Drawing many points: with WebGL, or by hand where it would be computed in software.

function withGL(gl, places, n, colours, order) {
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
  const fill = (name, values, size, type, scaled) => {
    const buffer = gl.createBuffer();
    gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
    gl.bufferData(gl.ARRAY_BUFFER, values, gl.DYNAMIC_DRAW);
    const at = gl.getAttribLocation(program, name);
    gl.enableVertexAttribArray(at);
    gl.vertexAttribPointer(at, size, type, scaled, 0, 0);
    return buffer;
  };
  fill("place", places, 2, gl.FLOAT, false);
  const tone = fill("tone", colours, 4, gl.UNSIGNED_BYTE, true);
  gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, gl.createBuffer());
  const [shift, stretch, size] = ["shift", "stretch", "size"].map((name) => gl.getUniformLocation(program, name));
  gl.enable(gl.BLEND);
  gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
  return {
    name: "webgl",
    canvas: gl.canvas,
    colours,
    order,
    upload() {
      gl.bindBuffer(gl.ARRAY_BUFFER, tone);
      gl.bufferData(gl.ARRAY_BUFFER, colours, gl.DYNAMIC_DRAW);
      gl.bufferData(gl.ELEMENT_ARRAY_BUFFER, order, gl.DYNAMIC_DRAW);
    },
    draw(view) {
      gl.viewport(0, 0, gl.drawingBufferWidth, gl.drawingBufferHeight);
      gl.clearColor(0, 0, 0, 0);
      gl.clear(gl.COLOR_BUFFER_BIT);
      gl.uniform2f(shift, view.x, view.y);
      gl.uniform2f(stretch, (2 * view.scale) / view.width, (-2 * view.scale) / view.height);
      gl.uniform1f(size, Math.max(1.5, 2 * view.radius() * view.ratio));
      gl.drawElements(gl.POINTS, n, gl.UNSIGNED_INT, 0);
    },
    finish() {
      gl.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, new Uint8Array(4));
    },
  };
}

// Without a graphics processor small squares are faster than WebGL computed in software.
function byHand(brush, places, n) {
  const colours = new Uint8Array(4 * n);
  const tints = new Uint32Array(colours.buffer);
  const order = new Uint32Array(n);
  let [image, pixels] = [null, null];
  return {
    name: "canvas",
    canvas: brush.canvas,
    colours,
    order,
    upload() {},
    draw(view) {
      const { width: w, height: h } = brush.canvas;
      if (!image || image.width !== w || image.height !== h) {
        image = brush.createImageData(w, h);
        pixels = new Uint32Array(image.data.buffer);
      }
      pixels.fill(0);
      const side = Math.max(1, Math.round(1.8 * view.radius() * view.ratio));
      const stretch = view.scale * view.ratio;
      const left = (view.width / 2 - view.x * view.scale) * view.ratio - side / 2 + 0.5;
      const top = (view.height / 2 - view.y * view.scale) * view.ratio - side / 2 + 0.5;
      for (let k = 0; k < n; k++) {
        const i = order[k];
        const x = Math.floor(places[2 * i] * stretch + left);
        const y = Math.floor(places[2 * i + 1] * stretch + top);
        if (x < 0 || y < 0 || x + side > w || y + side > h) continue;
        const tint = tints[i];
        for (let start = y * w + x, row = 0; row < side; row++, start += w)
          for (let at = start; at < start + side; at++) pixels[at] = tint;
      }
      brush.putImageData(image, 0, 0);
    },
    finish() {},
  };
}

/** Make what draws points; `again` is called when the graphics processor was lost and is back. */
export function makeDrawing(canvas, places, again) {
  const n = places.length / 2;
  const gl = canvas.getContext("webgl2", { antialias: false });
  const anyhow = location.hash === "#webgl"; // for tests on machines without a graphics processor
  const info = gl?.getExtension("WEBGL_debug_renderer_info");
  const renderer = info ? gl.getParameter(info.UNMASKED_RENDERER_WEBGL) : "";
  const fast = gl && (anyhow || !/swiftshader|llvmpipe|software|basic render/i.test(renderer));
  const [colours, order] = [new Uint8Array(4 * n), new Uint32Array(n)];
  const made = fast ? withGL(gl, places, n, colours, order) : null;
  if (!made) {
    let place = canvas;
    if (gl) {
      place = canvas.cloneNode();
      canvas.replaceWith(place);
    }
    return byHand(place.getContext("2d"), places, n);
  }
  canvas.addEventListener("webglcontextlost", (event) => event.preventDefault());
  canvas.addEventListener("webglcontextrestored", () => {
    Object.assign(made, withGL(gl, places, n, colours, order));
    again();
  });
  return made;
}
