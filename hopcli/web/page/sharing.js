// A picture and all settings as text for the fragment of the address, and back.
//
// "1." and then, in base64 for addresses, deflated: the length of a JSON text in four bytes, the
// text, the levels (in binary a bit a pixel), and a bit a pixel for what is known.

const VERSION = "1.";
// Most bytes that a link may decompress to, beyond the picture's own.
const MOST_TEXT = 4096;

// `plain` is an object for JSON; the picture's size goes with it.
export async function linkOf(memory, picture, plain) {
  const { mode, height, width } = memory;
  const text = new TextEncoder().encode(JSON.stringify({ ...plain, mode, height, width }));
  const levels = mode === "binary" ? bitsOf(picture.levels) : picture.levels;
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, text.length, true);
  const whole = new Blob([length, text, levels, bitsOf(picture.known)]);
  const packed = await through(whole.stream(), new CompressionStream("deflate-raw"), Infinity);
  let binary = "";
  for (const byte of packed) binary += String.fromCharCode(byte);
  return VERSION + btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

// {picture, plain} of a fragment. Rejects with an Error that says why if it is damaged.
export async function ofLink(memory, fragment) {
  if (!fragment.startsWith(VERSION)) throw new Error("This link is not one of this page.");
  const pixels = memory.height * memory.width;
  const most = 4 + MOST_TEXT + memory.neurons + pixels;
  let bytes, plain;
  try {
    const binary = atob(fragment.slice(VERSION.length).replaceAll("-", "+").replaceAll("_", "/"));
    const packed = new Blob([Uint8Array.from(binary, (one) => one.charCodeAt(0))]);
    bytes = await through(packed.stream(), new DecompressionStream("deflate-raw"), most);
    const end = 4 + new DataView(bytes.buffer).getUint32(0, true);
    plain = JSON.parse(new TextDecoder().decode(bytes.subarray(4, end)));
    bytes = bytes.subarray(end);
  } catch {
    throw new Error("This link is cut short or damaged.");
  }
  if (plain.mode !== memory.mode || plain.height !== memory.height || plain.width !== memory.width) {
    throw new Error(
      `This link is of ${plain.mode} pictures of ${plain.width}×${plain.height}, and this memory's ` +
        `are ${memory.mode}, ${memory.width}×${memory.height}.`,
    );
  }
  const binary = memory.mode === "binary";
  const size = binary ? Math.ceil(pixels / 8) : memory.neurons;
  if (bytes.length !== size + Math.ceil(pixels / 8)) throw new Error("This link is cut short.");
  const levels = binary ? ofBits(bytes, pixels, 255) : bytes.slice(0, size);
  return { picture: { levels, known: ofBits(bytes.subarray(size), pixels, 1) }, plain };
}

function bitsOf(values) {
  const bits = new Uint8Array(Math.ceil(values.length / 8));
  values.forEach((value, index) => {
    if (value) bits[index >> 3] |= 1 << (index & 7);
  });
  return bits;
}

function ofBits(bits, count, one) {
  return Uint8Array.from({ length: count }, (_, index) => ((bits[index >> 3] >> (index & 7)) & 1) * one);
}

async function through(stream, change, most) {
  const parts = [];
  let size = 0;
  const reader = stream.pipeThrough(change).getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    parts.push(value);
    size += value.length;
    if (size > most) {
      await reader.cancel();
      throw new Error("too long");
    }
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}
