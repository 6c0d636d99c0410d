import {readFileSync} from 'node:fs';
import type {google} from '../../node_modules/@google-cloud/firestore/build/protos/firestore_v1_proto_api.js';
import {grpcService} from '../grpc.ts';

/** The client package ships its protocol beside its code, but does not list it in its `exports`. */
const PROTOS = new URL('../protos/v1.json', import.meta.resolve('@google-cloud/firestore'));

export type {google};

export const firestoreService = grpcService(
  JSON.parse(readFileSync(PROTOS, 'utf8')),
  'google.firestore.v1.Firestore',
);
