// Numbers as people read them.

export function counted(count, what) {
  return `${count.toLocaleString("en")} ${what}${count === 1 ? "" : "s"}`;
}

// An overlap from −1 to 1, with a real minus.
export function signed(value, digits = 2) {
  const text = Math.abs(value).toFixed(digits);
  return value < 0 && Number(text) !== 0 ? `−${text}` : text;
}

export function shortNumber(value) {
  const size = Math.abs(value);
  const digits = size >= 1000 ? 0 : size >= 10 ? 1 : size >= 0.1 ? 2 : 3;
  const text = size.toLocaleString("en", { minimumFractionDigits: 0, maximumFractionDigits: digits });
  return value < 0 && text !== "0" ? `−${text}` : text;
}

// A name, its middle left out where it is long.
export function shortened(name, most = 32) {
  const half = (most - 1) >> 1;
  return name.length <= most ? name : `${name.slice(0, half)}…${name.slice(-half)}`;
}
