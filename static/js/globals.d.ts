/** As much of htmx as scripts use; it comes with django-htmx, by its own script element. */
interface Window {
  htmx?: {
    process(element: Element): void;
    trigger(element: Element, name: string): void;
    ajax(verb: string, path: string, context: { target: Element; source?: Element }): Promise<void>;
  };
}
