export declare const cacheRoot: string;
export declare function checkPlatform(): void;
export declare function olderThan(version: string, limit: string): boolean;
export declare function checkTools(): Promise<void>;
export declare function checkDisk(workspace: string, dataDir: string): Promise<void>;
export declare function checkPorts(dataDir: string): Promise<void>;
export declare function isFree(port: number): Promise<boolean>;
