import '@google-cloud/firestore';
import '@google-cloud/pubsub';
import '@google-cloud/storage';
import 'googleapis';
import {cloudEvent} from '@google-cloud/functions-framework';
import pino from 'pino';
import {receiveData} from '../../functions/receive-data.ts';
import {readConfig} from '../../shared/config.ts';
import {googleCloud} from '../../shared/gateways/google-cloud.ts';
import {handle} from '../../shared/handle.ts';
import {loggerOptions} from '../../shared/log.ts';

// The same function as it is commonly deployed: under the functions framework, packages as they are installed, all clients imported at the top.

const config = readConfig(process.env);
cloudEvent(receiveData.name, handle(receiveData, googleCloud(config), pino(loggerOptions(config.logLevel))));
