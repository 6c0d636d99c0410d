import type {Method, Root, Type} from 'protobufjs';

/** A gRPC method as HTTP, read from the `google.api.http` option of its protocol description. */
export interface Binding {
  readonly method: string;
  readonly verb: string;
  /** Matches a decoded path; its one group is the resource name. */
  readonly path: RegExp;
  /** Field of the request the resource name goes to, e.g. `topic` or `topic.name`. */
  readonly nameField: string;
  readonly requestType: Type;
  readonly responseType: Type;
}

const VERBS = ['get', 'put', 'post', 'patch', 'delete'];

// A template looks like `/v1/{topic=projects/*/topics/*}:publish`.
const TEMPLATE = /^(.*)\{([\w.]+)=(.*)\}(.*)$/;

/** The bindings of all methods of a service that have an HTTP rule. */
export function bindingsOf(root: Root, service: string): Binding[] {
  return root
    .lookupService(service)
    .methodsArray.flatMap((method) => VERBS.flatMap((verb) => bindingOf(root, method, verb)));
}

function bindingOf(root: Root, method: Method, verb: string): Binding[] {
  const template: unknown = method.options?.[`(google.api.http).${verb}`];
  const [, before, nameField, pattern, after] = TEMPLATE.exec(String(template)) ?? [];
  if (nameField === undefined || pattern === undefined) return [];
  return [
    {
      method: method.name,
      verb: verb.toUpperCase(),
      path: new RegExp(`^${before}(${pattern.replaceAll('*', '[^/:]+')})${after}$`),
      nameField,
      requestType: root.lookupType(method.requestType),
      responseType: root.lookupType(method.responseType),
    },
  ];
}
