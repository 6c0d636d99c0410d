import {startLocalProject} from '../../cli/local-project.ts';
import {wholePath} from './whole-path.ts';

wholePath('this machine', (folder) => startLocalProject({folder, port: 0}));
