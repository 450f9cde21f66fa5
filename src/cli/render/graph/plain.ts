/** Names from other people's code and files, made safe to show: they may hold control characters, or be very long. */

/** On one line, without what a terminal would obey. */
export function plain(text: string): string {
  const shown = text.replaceAll(/\p{C}+/gu, '?');
  return shown.length > 120 ? `${shown.slice(0, 117)}...` : shown;
}

/** As XML and HTML-like labels take it. */
export function escapeXml(text: string): string {
  return plain(text).replaceAll(/[&<>"']/g, (sign) => `&#${String(sign.charCodeAt(0))};`);
}
