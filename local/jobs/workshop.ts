import type {Containers} from '../containers/containers.ts';
import type {Project} from '../names.ts';

/** What containers need to know of this cloud. */
export interface Workshop {
  readonly containers: Containers;
  readonly project: Project;
  /** Where the other services are, as environment variables; read at each start. */
  readonly containerEnv: () => Readonly<Record<string, string>>;
}
