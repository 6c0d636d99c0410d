import type {ml_v1} from 'googleapis/build/src/apis/ml/v1.js';

/** The service's resources under the names its own reference gives them. */
export type Job = ml_v1.Schema$GoogleCloudMlV1__Job;
export type TrainingInput = ml_v1.Schema$GoogleCloudMlV1__TrainingInput;
export type TrainingOutput = ml_v1.Schema$GoogleCloudMlV1__TrainingOutput;
export type HyperparameterSpec = ml_v1.Schema$GoogleCloudMlV1__HyperparameterSpec;
export type HyperparameterOutput = ml_v1.Schema$GoogleCloudMlV1__HyperparameterOutput;
export type ParameterSpec = ml_v1.Schema$GoogleCloudMlV1__ParameterSpec;
export type Model = ml_v1.Schema$GoogleCloudMlV1__Model;
export type Version = ml_v1.Schema$GoogleCloudMlV1__Version;
export type Operation = ml_v1.Schema$GoogleLongrunning__Operation;
