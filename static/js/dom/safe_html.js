/**
 * The one door by which markup comes into a page from outside its own load. Only for what this site's server
 * rendered and sanitised: the body of a message, a fragment of a page.
 *
 * @param {string} html
 * @returns {DocumentFragment}
 */
export function parseSafe(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content;
}
