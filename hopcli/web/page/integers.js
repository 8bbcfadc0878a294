// Arithmetic in integers of any size: ratios, powers and decaying exponentials.

// How many binary digits |n| has, for a BigInt.
export function bitLength(n) {
  const digits = (n < 0n ? -n : n).toString(16);
  return digits === "0" ? 0 : 4 * (digits.length - 1) + (32 - Math.clz32(parseInt(digits[0], 16)));
}

// a/b as the nearest number, rounded once, for BigInts with b > 0.
export function ratio(a, b) {
  const negative = a < 0n;
  const size = negative ? -a : a;
  // A quotient of 66 digits or more, its last one odd if anything is cut off: Number() then rounds
  // as if it saw all of them. What is outside the range of numbers becomes 0 or infinite.
  const shift = Math.max(0, 66 - bitLength(size) + bitLength(b));
  const shifted = size << BigInt(shift);
  let quotient = shifted / b;
  if (quotient * b !== shifted) quotient |= 1n;
  const value = scaled(Number(quotient), -shift);
  return negative ? -value : value;
}

// value · 2^power, where 2^power alone may be out of range.
export function scaled(value, power) {
  for (; power < -1000; power += 1000) value *= 2 ** -1000;
  for (; power > 1000; power -= 1000) value *= 2 ** 1000;
  return value * 2 ** power;
}

// n · 2^-power as a number, to one part in 2⁵², for a BigInt that may be beyond their range.
export function shrunk(n, power) {
  const spare = Math.max(0, bitLength(n) - 64);
  return scaled(Number(n >> BigInt(spare)), spare - power);
}

// value · 2^1074, the integer that stands for a finite number exactly.
export function exactInteger(value) {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, Math.abs(value));
  const bits = view.getBigUint64(0);
  const exponent = bits >> 52n;
  const fraction = bits & (2n ** 52n - 1n);
  const size = exponent === 0n ? fraction : (fraction | (1n << 52n)) << (exponent - 1n);
  return value < 0 ? -size : size;
}

// Digits that are computed beyond those that are asked for. Halving β 40 times and taking a
// power of up to 2²⁰ costs no more of them.
const GUARD = 96;

// exp(−beta) · 2^bits for a number beta > 0, off by less than 2^(GUARD/2) units of 2^-GUARD.
function decay(beta, bits) {
  // From here on there is no digit to see.
  if (beta > bits) return 0n;
  const whole = bits + GUARD;
  const halvings = Math.max(0, Math.ceil(Math.log2(beta)) + 8);
  const one = 1n << BigInt(whole);
  // beta is m · 2^-e exactly.
  let exponent = 0;
  let mantissa = beta;
  while (!Number.isInteger(mantissa)) {
    mantissa *= 2;
    exponent += 1;
  }
  const x = ((BigInt(mantissa) << BigInt(whole)) >> BigInt(exponent)) >> BigInt(halvings);
  let term = one;
  let sum = one;
  for (let n = 1n; term !== 0n; n += 1n) {
    term = -(term * x) / (n << BigInt(whole));
    sum += term;
  }
  for (let n = 0; n < halvings; n += 1) sum = (sum * sum) >> BigInt(whole);
  return sum;
}

// exp(−beta · steps) in fixed point, for a number beta > 0 and integers steps ≥ 0.
//
// The answer, a BigInt, is that times 2^bits, and off by less than 2.
export class Decays {
  constructor(beta, bits) {
    this.bits = BigInt(bits);
    this.squares = [decay(beta, bits)];
    this.known = new Map();
  }

  at(steps) {
    let found = this.known.get(steps);
    if (found === undefined) {
      const whole = this.bits + BigInt(GUARD);
      let power = 1n << whole;
      for (let rest = steps, n = 0; rest > 0; rest = Math.floor(rest / 2), n += 1) {
        if (n === this.squares.length) {
          this.squares.push((this.squares[n - 1] * this.squares[n - 1]) >> whole);
        }
        if (rest % 2) power = (power * this.squares[n]) >> whole;
      }
      found = power >> BigInt(GUARD);
      this.known.set(steps, found);
    }
    return found;
  }
}
