import type {aiplatform_v1} from 'googleapis/build/src/apis/aiplatform/v1.js';

/** What a search is made of, under the names of Vertex AI's reference. */
export type StudySpec = aiplatform_v1.Schema$GoogleCloudAiplatformV1StudySpec;
export type ParameterSpec = aiplatform_v1.Schema$GoogleCloudAiplatformV1StudySpecParameterSpec;
export type ConditionalParameterSpec =
  aiplatform_v1.Schema$GoogleCloudAiplatformV1StudySpecParameterSpecConditionalParameterSpec;
export type Trial = aiplatform_v1.Schema$GoogleCloudAiplatformV1Trial;
export type TrialParameter = aiplatform_v1.Schema$GoogleCloudAiplatformV1TrialParameter;
export type Measurement = aiplatform_v1.Schema$GoogleCloudAiplatformV1Measurement;
