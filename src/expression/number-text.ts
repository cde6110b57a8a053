/** Numbers -> text as Java and Flink write them: `1.0`, `1.0E7`, `NaN`, FLOAT by its own digits. */

/** Shortest text of a double, in Java's form. */
export function doubleText(value: number): string {
  return javaForm(value, String(Math.abs(value)));
}

/** Shortest text that reads back as the same 32-bit float. */
export function floatText(value: number): string {
  return javaForm(value, shortestFloat(Math.abs(value)));
}

function shortestFloat(size: number): string {
  if (!Number.isFinite(size)) return String(size);
  for (let digits = 1; digits <= 9; digits += 1) {
    const text = size.toPrecision(digits);
    if (Math.fround(Number(text)) === size) return String(Number(text));
  }
  return String(size);
}

/** Java switches to an exponent below 1e-3 and from 1e7 on. */
function javaForm(value: number, magnitude: string): string {
  if (Number.isNaN(value)) return 'NaN';
  const sign = value < 0 || Object.is(value, -0) ? '-' : '';
  if (!Number.isFinite(value)) return `${sign}Infinity`;
  const size = Math.abs(value);
  const [mantissa = '0', exponentText = '0'] = magnitude.split('e');
  const [whole = '0', fraction = ''] = mantissa.split('.');
  const digits = (whole + fraction).replace(/^0+/, '');
  if (digits === '') return `${sign}0.0`;
  const leadingZeros = (whole + fraction).length - digits.length;
  /** Power of ten of the first digit. */
  const exponent = Number(exponentText) + whole.length - leadingZeros - 1;
  if (size >= 1e-3 && size < 1e7) return sign + plain(digits, exponent);
  const rest = digits.slice(1).replace(/0+$/, '');
  return `${sign}${digits.charAt(0)}.${rest === '' ? '0' : rest}E${exponent}`;
}

function plain(digits: string, exponent: number): string {
  if (exponent < 0) return `0.${'0'.repeat(-exponent - 1)}${digits}`;
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, '0');
  const fraction = digits.slice(exponent + 1).replace(/0+$/, '');
  return `${whole}.${fraction === '' ? '0' : fraction}`;
}
