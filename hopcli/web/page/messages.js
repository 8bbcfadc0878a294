// Messages of hopcli/web/page_data.py: a JSON object and typed arrays.

const ALIGNMENT = 8;
const TYPES = {
  uint8: Uint8Array,
  int8: Int8Array,
  int16: Int16Array,
  int32: Int32Array,
  float32: Float32Array,
  float64: Float64Array,
};

// The object of a message in an ArrayBuffer, with its arrays by their names, which share the buffer.
export function unpacked(buffer) {
  const length = new DataView(buffer).getUint32(0, true);
  const { arrays, ...plain } = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)));
  let offset = 4 + length;
  for (const [name, type, count] of arrays) {
    plain[name] = new TYPES[type](buffer, offset, count);
    offset += Math.ceil(plain[name].byteLength / ALIGNMENT) * ALIGNMENT;
  }
  return plain;
}

export function bytesOfBase64(base64) {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < bytes.length; i += 1) bytes[i] = text.charCodeAt(i);
  return bytes;
}
