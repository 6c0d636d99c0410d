import {pubsubContract} from '../../contracts/pubsub.contract.ts';
import {localPubsub} from './local-pubsub.ts';

pubsubContract('the local cloud', localPubsub);
