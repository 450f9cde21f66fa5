/** A share as people read it in a reason. */

export function percentText(share: number): string {
  const percent = share * 100;
  return `${percent === 0 || percent >= 10 ? percent.toFixed(0) : percent.toFixed(2)} %`;
}
