// Elements from words. Text is only ever set as text: nothing that a document, an answer or a file name says becomes markup.

/** `children`: elements and strings. `given`: properties; `on…` listeners among them; others by `set` as attributes. */
export function make(tag, given = {}, children = []) {
  const element = document.createElement(tag);
  const { set = {}, ...properties } = given;
  Object.assign(element, properties);
  for (const [name, value] of Object.entries(set)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

export function byId(id) {
  return document.getElementById(id);
}
