export {addKeyPlace, routeCsv, setColumns} from './csv';
export {setDelimiter} from './csv-blocks';
export {addPlace, allocatePlaces} from './csv-places';
export {fingerprint64} from './fingerprint';
export {countFirst, firstLength, firstPart, firstText} from './first-records';
export {addName, addPath} from './json-paths';
export {rejectLineAtHand, routeJsonl, routeLine} from './jsonl';
export {allocateKey} from './key';
export {countLabels, labelLength, labelRows, labelText, rowsOfOtherLabels} from './labels';
export {getContentEnd, getLineEnd} from './lines';
export {getLine, getOversizedLine, setLine} from './records';
export {countHalvings, countSampled, sampledLength, sampledPart, sampledRows, sampledText} from './sample';
export {
  addBucket,
  allocateStreams,
  clearStream,
  copyHeader,
  countRejectsTold,
  rejectLine,
  rejectReason,
  rowsOfBucket,
  streamBuffer,
  streamBytes,
  streamLength,
  streamRows,
} from './streams';
export {allocateText} from './text';
