import {restore} from 'sinon';

// Google's clients look for a metadata server before they believe that an emulator needs no credentials.
process.env.METADATA_SERVER_DETECTION = 'none';

export const mochaHooks = {
  afterEach() {
    restore();
  },
};
