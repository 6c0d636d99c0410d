import {cloudEvent, http} from '@google-cloud/functions-framework';
import pino from 'pino';
import {readConfig} from '../shared/config.ts';
import {googleCloud} from '../shared/gateways/google-cloud.ts';
import {handle} from '../shared/handle.ts';
import {handleHttp} from '../shared/handle-http.ts';
import {loggerOptions} from '../shared/log.ts';
import {buildImage} from './build-image.ts';
import {completeJob} from './complete-job.ts';
import {receiveData} from './receive-data.ts';
import {recordFailure} from './record-failure.ts';
import {releaseModel} from './release-model.ts';
import {rerun} from './rerun.ts';
import {splitData} from './split-data.ts';
import {startTuning} from './start-tuning.ts';

const config = readConfig(process.env);
const cloud = googleCloud(config);
const log = pino(loggerOptions(config.logLevel));

cloudEvent(receiveData.name, handle(receiveData, cloud, log));
cloudEvent(splitData.name, handle(splitData, cloud, log));
cloudEvent(buildImage.name, handle(buildImage, cloud, log));
cloudEvent(startTuning.name, handle(startTuning, cloud, log));
cloudEvent(completeJob.name, handle(completeJob, cloud, log));
cloudEvent(releaseModel.name, handle(releaseModel, cloud, log));
cloudEvent(recordFailure.name, handle(recordFailure, cloud, log));
http(rerun.name, handleHttp(rerun, cloud, log));
