// tsyringe reads Reflect.getMetadata as it is loaded.
import 'reflect-metadata';
