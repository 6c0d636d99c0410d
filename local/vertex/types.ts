import type {aiplatform_v1} from 'googleapis/build/src/apis/aiplatform/v1.js';

/** The service's resources under the names its own reference gives them. */
export type CustomJob = aiplatform_v1.Schema$GoogleCloudAiplatformV1CustomJob;
export type CustomJobSpec = aiplatform_v1.Schema$GoogleCloudAiplatformV1CustomJobSpec;
export type HyperparameterTuningJob = aiplatform_v1.Schema$GoogleCloudAiplatformV1HyperparameterTuningJob;
export type BatchPredictionJob = aiplatform_v1.Schema$GoogleCloudAiplatformV1BatchPredictionJob;
export type PipelineJob = aiplatform_v1.Schema$GoogleCloudAiplatformV1PipelineJob;
export type PipelineTaskDetail = aiplatform_v1.Schema$GoogleCloudAiplatformV1PipelineTaskDetail;
export type Model = aiplatform_v1.Schema$GoogleCloudAiplatformV1Model;
export type UploadModelRequest = aiplatform_v1.Schema$GoogleCloudAiplatformV1UploadModelRequest;
export type UploadModelResponse = aiplatform_v1.Schema$GoogleCloudAiplatformV1UploadModelResponse;
export type Endpoint = aiplatform_v1.Schema$GoogleCloudAiplatformV1Endpoint;
export type DeployedModel = aiplatform_v1.Schema$GoogleCloudAiplatformV1DeployedModel;
export type DeployedModelRef = aiplatform_v1.Schema$GoogleCloudAiplatformV1DeployedModelRef;
export type DeployModelRequest = aiplatform_v1.Schema$GoogleCloudAiplatformV1DeployModelRequest;
export type UndeployModelRequest = aiplatform_v1.Schema$GoogleCloudAiplatformV1UndeployModelRequest;
export type PredictRequest = aiplatform_v1.Schema$GoogleCloudAiplatformV1PredictRequest;
export type PredictResponse = aiplatform_v1.Schema$GoogleCloudAiplatformV1PredictResponse;
export type Operation = aiplatform_v1.Schema$GoogleLongrunningOperation;
